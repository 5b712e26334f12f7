import type { Logger } from './logger.ts';

/** A bound on memory: analytics has few keys. */
const maxEntries = 1000;

interface Kept<T> {
  readonly value: T;
  readonly keptAtMs: number;
}

/**
 * The last good values of a region that tolerates staleness, in process memory: served while the
 * backend is away (within their TTL), and when a loader fails or is slow (within the grace).
 */
export class Grace<T> {
  readonly #ttlMs: number;
  readonly #graceMs: number;
  readonly #slowMs: number;
  readonly #logger: Logger;
  readonly #kept: Map<string, Kept<T>> = new Map();
  readonly #logged: Set<string> = new Set();

  constructor(ttlMs: number, graceMs: number, slowMs: number, logger: Logger) {
    this.#ttlMs = ttlMs;
    this.#graceMs = graceMs;
    this.#slowMs = slowMs;
    this.#logger = logger;
  }

  keep(key: string, value: T): void {
    this.#logged.delete(key);
    this.#kept.delete(key);
    this.#kept.set(key, { value, keptAtMs: performance.now() });
    if (this.#kept.size > maxEntries) this.#kept.delete(this.#kept.keys().next().value as string);
  }

  /** An invalidation ends the grace of what it covers. */
  forget(prefix: string): void {
    for (const key of this.#kept.keys()) if (key.startsWith(prefix)) this.#kept.delete(key);
  }

  /** The value while it is within its TTL. */
  fresh(key: string): { readonly value: T } | undefined {
    return this.#youngerThan(key, this.#ttlMs);
  }

  /** Settles as `load`, or with the last good value where that fails or takes too long. */
  async orLastGood<V>(key: string, load: Promise<V>, onStale: () => void): Promise<T | V> {
    const last = this.#youngerThan(key, this.#ttlMs + this.#graceMs);
    if (last === undefined) return load;
    const settled = load.then(
      (value) => ({ value }),
      () => 'the loader failed',
    );
    const slow = Promise.withResolvers<string>();
    const timer = setTimeout(slow.resolve, this.#slowMs, 'the loader is slow');
    const outcome = await Promise.race([settled, slow.promise]);
    clearTimeout(timer);
    if (typeof outcome === 'object') return outcome.value;
    if (!this.#logged.has(key)) {
      this.#logged.add(key);
      this.#logger.warn({ key, reason: outcome }, 'Serving the last good value');
    }
    onStale();
    return last.value;
  }

  #youngerThan(key: string, ageMs: number): Kept<T> | undefined {
    const kept = this.#kept.get(key);
    return kept !== undefined && performance.now() - kept.keptAtMs < ageMs ? kept : undefined;
  }
}
