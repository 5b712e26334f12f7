import type { CacheError, CacheErrorCode } from './errors.ts';
import type { Logger } from './logger.ts';

const summaryEveryMs = 10_000;
const maxLoggedKeyLength = 200;
const maxSummaryKeys = 3;

/** The faults of one code since its last line. */
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
  report({ code, message }: CacheError, operation: string, key?: string): void {
    this.count++;
    const shownKey = key?.slice(0, maxLoggedKeyLength);
    const known = this.#windows.get(code);
    if (known === undefined) {
      this.#logger.warn({ operation, key: shownKey, code }, message);
      const timer = setInterval(() => this.#summarise(code, window), summaryEveryMs).unref();
      const window: Window = { count: 0, keys: new Set(), timer };
      this.#windows.set(code, window);
      return;
    }
    known.count++;
    if (shownKey !== undefined && known.keys.size < maxSummaryKeys) known.keys.add(shownKey);
  }

  close(): void {
    for (const [code, window] of this.#windows) {
      if (window.count > 0) this.#summarise(code, window);
      this.#end(code, window);
    }
  }

  #summarise(code: CacheErrorCode, window: Window): void {
    const { count, keys } = window;
    if (count === 0) this.#end(code, window);
    else this.#logger.warn({ code, count, keys: [...keys] }, 'More cache faults of this kind');
    window.count = 0;
    keys.clear();
  }

  #end(code: CacheErrorCode, { timer }: Window): void {
    clearInterval(timer);
    this.#windows.delete(code);
  }
}
