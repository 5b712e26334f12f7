import type { Logger } from './logger.ts';
import type { ResolvedSettings } from './settings.ts';

/** A bound on memory: analytics has few keys. */
const maxEntries = 1000;

interface Kept<T> {
  readonly value: T;
  readonly keptAtMs: number;
  isLogged: boolean;
}

/**
 * The last good values of a region that tolerates staleness, in process memory: served while the
 * backend is away (within their TTL), and when a loader fails or is slow (within the grace).
 */
export class Grace<T> {
  readonly #ttlMs: number;
  readonly #settings: ResolvedSettings;
  readonly #logger: Logger;
  readonly #kept: Map<string, Kept<T>> = new Map();

  constructor(ttlMs: number, settings: ResolvedSettings, logger: Logger) {
    this.#ttlMs = ttlMs;
    this.#settings = settings;
    this.#logger = logger;
  }

  keep(key: string, value: T): void {
    this.#kept.delete(key);
    this.#kept.set(key, { value, keptAtMs: performance.now(), isLogged: false });
    if (this.#kept.size > maxEntries) this.#kept.delete(this.#kept.keys().next().value as string);
  }

  /** An invalidation ends the grace of what it covers. */
  forget(prefix: string): void {
    for (const key of this.#kept.keys()) if (key.startsWith(prefix)) this.#kept.delete(key);
  }

  /** The value while it is within its TTL, and so much longer. */
  find(key: string, graceMs = 0): Kept<T> | undefined {
    const kept = this.#kept.get(key);
    return kept && performance.now() - kept.keptAtMs < this.#ttlMs + graceMs ? kept : undefined;
  }

  /** Settles as `load`, or with the last good value where that fails or takes too long. */
  async orLastGood<V>(key: string, load: Promise<V>, onStale: () => void): Promise<T | V> {
    const last = this.find(key, this.#settings.graceMs);
    if (last === undefined) return load;
    const slow = Promise.withResolvers<string>();
    const timer = setTimeout(slow.resolve, this.#settings.loads.slowLoadMs, 'the loader is slow');
    const settled = load.then(
      (value) => ({ value }),
      () => 'the loader failed',
    );
    const outcome = await Promise.race([settled, slow.promise]);
    clearTimeout(timer);
    if (typeof outcome === 'object') return outcome.value;
    if (!last.isLogged) this.#logger.warn({ key, reason: outcome }, 'Serving the last good value');
    last.isLogged = true;
    onStale();
    return last.value;
  }
}
