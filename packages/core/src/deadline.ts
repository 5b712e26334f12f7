import { CacheError } from './errors.ts';

interface Pending {
  readonly expiresAtMs: number;
  expire(): void;
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
   * Settles as the work does, or rejects with `CACHE_TIMEOUT` and ignores what the work comes to.
   * Resolves to `undefined` where there is no work, and rejects where starting it throws.
   */
  run<T>(operation: string, start: () => Promise<T> | undefined): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const work = start();
      if (work === undefined) return resolve(undefined);
      const pending: Pending = {
        expiresAtMs: performance.now() + this.#timeoutMs,
        expire: () => reject(this.#timeout(operation)),
      };
      this.#pending.add(pending);
      this.#timer ??= setTimeout(() => this.#sweep(), this.#timeoutMs);
      work.then(
        (value) => {
          this.#pending.delete(pending);
          resolve(value);
        },
        (error) => {
          this.#pending.delete(pending);
          reject(error);
        },
      );
    });
  }

  /** Expires what is pending, and stops the timer. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const pending of this.#pending) pending.expire();
    this.#pending.clear();
  }

  #sweep(): void {
    this.#timer = undefined;
    const nowMs = performance.now();
    for (const pending of this.#pending) {
      const remainingMs = pending.expiresAtMs - nowMs;
      if (remainingMs > 0) {
        this.#timer = setTimeout(() => this.#sweep(), Math.ceil(remainingMs));
        return;
      }
      this.#pending.delete(pending);
      pending.expire();
    }
  }

  #timeout(operation: string): CacheError {
    const adapter = this.#adapter;
    const message = `Adapter '${adapter}' did not finish ${operation}() within ${this.#timeoutMs} ms`;
    return new CacheError('CACHE_TIMEOUT', message, { adapter, operation });
  }
}
