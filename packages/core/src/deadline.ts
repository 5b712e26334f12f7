import { CacheError } from './errors.ts';

/** An operation; a list in the order in which they began. */
interface Pending {
  readonly operation: string;
  readonly expiresAtMs: number;
  readonly reject: (error: unknown) => void;
  isSettled: boolean;
  next: Pending | undefined;
}

/**
 * Gives every operation the same time. Because all have the same, they expire in the order in which
 * they began, and one timer serves them all. An own list: a `Set` costs each hit 1 µs more.
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
    const pending: Pending = { operation, expiresAtMs, reject, isSettled: false, next: undefined };
    if (this.#first === undefined || this.#last === undefined) this.#first = pending;
    else this.#last.next = pending;
    this.#last = pending;
    this.#timer ??= setTimeout(() => this.#sweep(), this.#timeoutMs);
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
    if (pending.isSettled) return false;
    pending.isSettled = true;
    while (this.#first?.isSettled) this.#first = this.#first.next;
    return true;
  }

  #sweep(nowMs: number = performance.now()): void {
    this.#timer = undefined;
    for (let first = this.#first; first !== undefined; first = this.#first) {
      const remainingMs = first.expiresAtMs - nowMs;
      if (remainingMs > 0) {
        this.#timer = setTimeout(() => this.#sweep(), Math.ceil(remainingMs));
        return;
      }
      this.#settle(first);
      first.reject(this.#error(first.operation));
    }
  }

  #error(operation: string): CacheError {
    const adapter = this.#adapter;
    const message = `Adapter '${adapter}' did not finish ${operation}() within ${this.#timeoutMs} ms`;
    return new CacheError('CACHE_TIMEOUT', message, { adapter, operation });
  }
}
