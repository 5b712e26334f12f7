import type { CacheError, CacheErrorCode } from './errors.ts';
import type { Logger } from './logger.ts';

const summaryEveryMs = 10_000;
const maxLoggedKeyLength = 200;
const maxSummaryKeys = 3;

interface Window {
  count: number;
  readonly keys: Set<string>;
  readonly timer: NodeJS.Timeout;
}

/**
 * Logs the first fault of a code at once, with its key, and the following ones as one summary per
 * 10 s, until 10 s pass without any.
 */
export class FaultLog {
  /** Faults reported since the start. */
  count = 0;
  readonly #logger: Logger;
  readonly #windows: Map<CacheErrorCode, Window> = new Map();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** `key` is absent where a fault has no single one. */
  report(error: CacheError, key?: string): void {
    this.count++;
    const shownKey = key?.slice(0, maxLoggedKeyLength);
    const window = this.#windows.get(error.code);
    if (window !== undefined) {
      window.count++;
      if (shownKey !== undefined && window.keys.size < maxSummaryKeys) window.keys.add(shownKey);
      return;
    }
    const { code, operation } = error;
    this.#logger.warn({ operation, key: shownKey, code }, error.message);
    const timer = setInterval(() => this.#summarise(code), summaryEveryMs).unref();
    this.#windows.set(code, { count: 0, keys: new Set(), timer });
  }

  close(): void {
    for (const code of [...this.#windows.keys()]) this.#summarise(code);
    for (const { timer } of this.#windows.values()) clearInterval(timer);
    this.#windows.clear();
  }

  #summarise(code: CacheErrorCode): void {
    const window = this.#windows.get(code);
    if (window === undefined) return;
    const { count, keys } = window;
    if (count === 0) {
      clearInterval(window.timer);
      this.#windows.delete(code);
      return;
    }
    this.#logger.warn({ code, count, keys: [...keys] }, 'More cache faults of this kind');
    window.count = 0;
    keys.clear();
  }
}
