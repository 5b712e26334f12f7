import { CacheError } from './errors.ts';

/** An operation that has not settled; a list in the order in which they began. */
interface Pending {
  readonly operation: string;
  readonly expiresAtMs: number;
  readonly reject: (error: unknown) => void;
  isSettled: boolean;
  next: Pending | undefined;
}

/**
 * Gives every operation the same time. Because all have the same, they expire in the order in which
 * they began, and one timer serves them all.
 */
export class Deadline {
  readonly #adapter: string;
  readonly #timeoutMs: number;
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
    start: () => Promise<T> | undefined,
    resolve: (value: T | undefined) => void,
    reject: (error: unknown) => void,
  ): void {
    const pending = this.#add(operation, reject);
    const settle = () => {
      if (pending.isSettled) return false;
      pending.isSettled = true;
      this.#dropSettled();
      return true;
    };
    started(start).then(
      (value) => {
        if (settle()) resolve(value);
      },
      (error) => {
        if (settle()) reject(error);
      },
    );
  }

  /** `watch` as a promise. */
  run<T>(operation: string, start: () => Promise<T> | undefined): Promise<T | undefined> {
    return new Promise((resolve, reject) => this.watch(operation, start, resolve, reject));
  }

  /** Expires what is pending, and stops the timer. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#expireUntil(Number.POSITIVE_INFINITY);
  }

  #add(operation: string, reject: (error: unknown) => void): Pending {
    const expiresAtMs = performance.now() + this.#timeoutMs;
    const pending: Pending = { operation, expiresAtMs, reject, isSettled: false, next: undefined };
    if (this.#last === undefined) this.#first = pending;
    else this.#last.next = pending;
    this.#last = pending;
    this.#timer ??= setTimeout(() => this.#sweep(), this.#timeoutMs);
    return pending;
  }

  /** Answers mostly come in order, so this leaves only what is pending behind. */
  #dropSettled(): void {
    while (this.#first?.isSettled) this.#first = this.#first.next;
    if (this.#first === undefined) this.#last = undefined;
  }

  #sweep(): void {
    this.#timer = undefined;
    this.#expireUntil(performance.now());
    if (this.#first === undefined) return;
    const remainingMs = this.#first.expiresAtMs - performance.now();
    this.#timer = setTimeout(() => this.#sweep(), Math.max(1, Math.ceil(remainingMs)));
  }

  #expireUntil(nowMs: number): void {
    for (
      let first = this.#first;
      first !== undefined && first.expiresAtMs <= nowMs;
      first = this.#first
    ) {
      this.#expire(first);
      this.#dropSettled();
    }
  }

  #expire(pending: Pending): void {
    if (pending.isSettled) return;
    pending.isSettled = true;
    const { operation } = pending;
    const adapter = this.#adapter;
    const message = `Adapter '${adapter}' did not finish ${operation}() within ${this.#timeoutMs} ms`;
    pending.reject(new CacheError('CACHE_TIMEOUT', message, { adapter, operation }));
  }
}

/** A broken adapter may throw where it should reject. */
function started<T>(start: () => Promise<T> | undefined): Promise<T | undefined> {
  try {
    return start() ?? Promise.resolve(undefined);
  } catch (error) {
    return Promise.reject(error);
  }
}
