import { CacheError } from './errors.ts';

/** Timers of an idle event loop are 1 ms late. */
const tolerableLatenessMs = 5;

/** An operation; a list in the order in which they began. */
interface Pending {
  readonly operation: string;
  expiresAtMs: number;
  /** Absent once it has settled. */
  reject: ((error: unknown) => void) | undefined;
  isExtended: boolean;
  next: Pending | undefined;
}

/**
 * Gives every operation the same time. Because all have the same, they expire in the order in which
 * they began, and one timer serves them all. An own list: a `Set` costs each hit 1 µs more.
 *
 * A timer that comes late tells that the application blocked its event loop: answers may lie unread,
 * requests unsent. Whoever waits then gets as long again as the timer was late, once.
 */
export class Deadline {
  readonly #adapter: string;
  readonly #timeoutMs: number;
  /** The first that has not settled. */
  #first: Pending | undefined;
  #last: Pending | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(adapter: string, timeoutMs: number) {
    this.#adapter = adapter;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Calls one of `resolve` and `reject`: as the work settles, or with `CACHE_TIMEOUT`, after which
   * what the work comes to is ignored. Callbacks, because a promise more costs every hit.
   */
  watch<T>(
    operation: string,
    work: Promise<T>,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): void {
    const expiresAtMs = performance.now() + this.#timeoutMs;
    const pending: Pending = { operation, expiresAtMs, reject, isExtended: false, next: undefined };
    if (this.#first === undefined || this.#last === undefined) this.#first = pending;
    else this.#last.next = pending;
    this.#last = pending;
    if (this.#timer === undefined) this.#wait(expiresAtMs);
    work.then(
      (value) => {
        if (this.#settle(pending)) resolve(value);
      },
      (error) => {
        if (this.#settle(pending)) reject(error);
      },
    );
  }

  /** Expires what is pending, and stops the timer. */
  close(): void {
    clearTimeout(this.#timer);
    this.#sweep(Number.POSITIVE_INFINITY);
  }

  /** Answers mostly come in order, so this leaves only what is pending behind. */
  #settle(pending: Pending): boolean {
    if (pending.reject === undefined) return false;
    pending.reject = undefined;
    while (this.#first !== undefined && this.#first.reject === undefined)
      this.#first = this.#first.next;
    return true;
  }

  #wait(untilMs: number): void {
    const expire = () => {
      const lateMs = performance.now() - untilMs;
      if (lateMs > tolerableLatenessMs) this.#extend(Math.min(lateMs, this.#timeoutMs));
      this.#sweep();
    };
    this.#timer = setTimeout(expire, Math.ceil(untilMs - performance.now()));
  }

  #extend(byMs: number): void {
    const expiresAtMs = performance.now() + byMs;
    for (let one = this.#first; one !== undefined; one = one.next) {
      if (one.isExtended || one.expiresAtMs > expiresAtMs) continue;
      one.expiresAtMs = expiresAtMs;
      one.isExtended = true;
    }
  }

  #sweep(nowMs: number = performance.now()): void {
    this.#timer = undefined;
    for (let first = this.#first; first !== undefined; first = this.#first) {
      if (first.expiresAtMs > nowMs) {
        this.#wait(first.expiresAtMs);
        return;
      }
      const { operation, reject } = first;
      const adapter = this.#adapter;
      const message = `Adapter '${adapter}' did not finish ${operation}() within ${this.#timeoutMs} ms`;
      this.#settle(first);
      reject?.(new CacheError('CACHE_TIMEOUT', message, { adapter, operation }));
    }
  }
}
