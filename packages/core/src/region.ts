import { Entries, type Place } from './entries.ts';
import { CacheError } from './errors.ts';
import type { Load } from './flights.ts';
import { UNSERVED } from './guard.ts';
import type { CacheKey } from './keys.ts';
import { ReadThrough } from './read-through.ts';
import type { RegionParts } from './region-parts.ts';

/** What an invalidation came to. */
export interface Invalidation {
  /**
   * `true`: no read that begins from now on gets what was there before. `false`: the backend could
   * not be told yet. Then this process reads the keys as misses and delivers the invalidation as
   * soon as it can, while other processes may still get the old value.
   */
  readonly confirmed: boolean;
}

/**
 * The cache of one usage context. Only `getOrLoad` rejects, and only as its loader does: a fault
 * reads as a miss, a write that fails is logged.
 */
export class Region<T> {
  readonly #parts: RegionParts<T>;
  readonly #entries: Entries<T>;
  readonly #readThrough: ReadThrough<T>;

  constructor(parts: RegionParts<T>) {
    this.#parts = parts;
    this.#entries = new Entries(parts);
    this.#readThrough = new ReadThrough(parts, this.#entries);
  }

  /** `false` where the usage policy forbids this backend: then reads miss and writes do nothing. */
  get enabled(): boolean {
    return this.#parts.enabled;
  }

  /** Resolves to the value, or to `undefined` on a miss. */
  async get(key: CacheKey): Promise<T | undefined> {
    const place = this.#place(key, 'get');
    if (place === undefined) return undefined;
    const found = this.#entries.found(place, await this.#entries.ask(place));
    return typeof found === 'object' ? found.value : undefined;
  }

  /** `get` for many keys, in one batch where the backend has one; answers in the order of `keys`. */
  async getMany(keys: readonly CacheKey[]): Promise<(T | undefined)[]> {
    const places = keys.map((key) => this.#place(key, 'getMany'));
    const asked = places.filter((place) => place !== undefined);
    const found = (await this.#entries.readMany(asked)).values();
    return places.map((place) => {
      const entry = place === undefined ? undefined : found.next().value;
      return typeof entry === 'object' ? entry.value : undefined;
    });
  }

  /** Stores the value over whatever is there. Where staleness matters, `getOrLoad` is the way. */
  async set(key: CacheKey, value: T, ttlMs: number = this.#parts.ttlMs): Promise<void> {
    const place = this.#place(key, 'set');
    if (place !== undefined) await this.#entries.write(place, value, ttlMs);
  }

  /**
   * Resolves to the cached value, or to what `load` returns, which is stored unless it is
   * `undefined`. Concurrent calls share a load, and so the object it returns. Rejects as the loader
   * does, or with `CACHE_LOAD_TIMEOUT`.
   */
  async getOrLoad<V extends T | undefined>(key: CacheKey, load: Load<V>): Promise<T | V> {
    const place = this.#place(key, 'get');
    if (place === undefined) return this.#readThrough.bypass(key, load);
    return this.#readThrough.get(place, load);
  }

  /** Removes one entry. Call it after the change of the truth is committed. Never rejects. */
  delete(key: CacheKey): Promise<Invalidation> {
    const { keys, undelivered } = this.#parts;
    return this.#invalidate(
      'delete',
      () => keys.key(key),
      (fullKey) => undelivered.addKey(fullKey),
    );
  }

  /**
   * Removes every entry below `key`; `[]` means the whole region. Never rejects. Not confirmed where
   * the backend cannot delete by prefix: there the entries stay until their TTL ends. Nor where it
   * takes longer than `connectionTimeoutMs`: the entries then miss here, and are deleted afterwards.
   */
  deletePrefix(key: CacheKey): Promise<Invalidation> {
    const { keys, guard, undelivered } = this.#parts;
    return this.#invalidate(
      'deletePrefix',
      () => keys.prefix(key),
      (prefix) => {
        if (guard.adapter.deletePrefix !== undefined) undelivered.addPrefix(prefix);
      },
    );
  }

  async #invalidate(
    operation: 'delete' | 'deletePrefix',
    locate: () => string,
    keep: (target: string) => void,
  ): Promise<Invalidation> {
    const { bypassed, bypassConfirms, grace, guard, outbox, stats } = this.#parts;
    stats.invalidations++;
    if (bypassed) return { confirmed: bypassConfirms };
    let target: string;
    try {
      target = locate();
    } catch (error) {
      guard.report(error, operation);
      // Nothing is ever stored under an invalid key.
      return { confirmed: CacheError.isInstance(error) && error.code === 'CACHE_KEY_INVALID' };
    }
    this.#readThrough.clear();
    grace?.forget(target);
    const confirmed = (await guard.write(operation, target)) !== UNSERVED;
    this.#readThrough.clear();
    if (!confirmed) {
      keep(target);
      outbox.retryLater();
    }
    return { confirmed };
  }

  /** `undefined` where there is no cache for this key; a key that cannot be one is logged. */
  #place(key: CacheKey, operation: string): Place | undefined {
    const { bypassed, keys, guard } = this.#parts;
    if (bypassed) return undefined;
    try {
      return { key, fullKey: keys.key(key) };
    } catch (error) {
      guard.report(error, operation);
      return undefined;
    }
  }
}
