import { CacheError } from './errors.ts';

/** An operation that has not settled. */
interface Pending {
  readonly operation: string;
  readonly expiresAtMs: number;
  readonly reject: (error: unknown) => void;
}

/**
 * Gives every operation the same time. Because all have the same, they expire in the order in which
 * they began, and one timer serves them all.
 */
export class Deadline {
  readonly #adapter: string;
  readonly #timeoutMs: number;
  readonly #pending: Set<Pending> = new Set();
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
    const pending = { operation, expiresAtMs: performance.now() + this.#timeoutMs, reject };
    this.#pending.add(pending);
    this.#timer ??= setTimeout(() => this.#sweep(), this.#timeoutMs);
    work.then(
      (value) => {
        if (this.#pending.delete(pending)) resolve(value);
      },
      (error) => {
        if (this.#pending.delete(pending)) reject(error);
      },
    );
  }

  /** Expires what is pending, and stops the timer. */
  close(): void {
    clearTimeout(this.#timer);
    this.#sweep(Number.POSITIVE_INFINITY);
  }

  #sweep(nowMs: number = performance.now()): void {
    this.#timer = undefined;
    for (const pending of this.#pending) {
      const remainingMs = pending.expiresAtMs - nowMs;
      if (remainingMs > 0) {
        this.#timer = setTimeout(() => this.#sweep(), Math.ceil(remainingMs));
        return;
      }
      this.#pending.delete(pending);
      pending.reject(this.#error(pending.operation));
    }
  }

  #error(operation: string): CacheError {
    const adapter = this.#adapter;
    const message = `Adapter '${adapter}' did not finish ${operation}() within ${this.#timeoutMs} ms`;
    return new CacheError('CACHE_TIMEOUT', message, { adapter, operation });
  }
}
