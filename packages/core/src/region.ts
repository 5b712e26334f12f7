import type { Entries, Place } from './entries.ts';
import { CacheError } from './errors.ts';
import type { Load } from './flights.ts';
import { type Guard, UNSERVED } from './guard.ts';
import type { UndeliveredInvalidations } from './invalidations.ts';
import type { CacheKey, KeySpace } from './keys.ts';
import type { Outbox } from './outbox.ts';
import type { ReadThrough } from './read-through.ts';
import type { RegionStats } from './stats.ts';

/** What an invalidation came to. */
export interface Invalidation {
  /**
   * `true`: no read that begins from now on gets what was there before. `false`: the backend could
   * not be told yet. Then this process reads the keys as misses and delivers the invalidation as
   * soon as it can, while other processes may still get the old value.
   */
  readonly confirmed: boolean;
}

/** What `Cache` makes a region of. */
export interface RegionParts<T> {
  readonly enabled: boolean;
  /** The backend is not asked at all: the usage policy forbids it, or it stores nothing. */
  readonly bypassed: boolean;
  /** What an invalidation that bypasses the backend comes to. */
  readonly bypassConfirms: boolean;
  readonly keys: KeySpace;
  readonly guard: Guard;
  readonly entries: Entries<T>;
  readonly readThrough: ReadThrough<T>;
  readonly outbox: Outbox;
  readonly undelivered: UndeliveredInvalidations;
  readonly ttlMs: number;
  readonly stats: RegionStats;
}

/**
 * The cache of one usage context. Only `getOrLoad` rejects, and only as its loader does: a fault
 * reads as a miss, a write that fails is logged.
 */
export class Region<T> {
  readonly #parts: RegionParts<T>;

  constructor(parts: RegionParts<T>) {
    this.#parts = parts;
  }

  /** `false` where the usage policy forbids this backend: then reads miss and writes do nothing. */
  get enabled(): boolean {
    return this.#parts.enabled;
  }

  /** Resolves to the value, or to `undefined` on a miss. */
  async get(key: CacheKey): Promise<T | undefined> {
    const place = this.#place(key, 'get');
    const found = place === undefined ? undefined : await this.#parts.entries.read(place);
    return found === undefined || found === UNSERVED ? undefined : found.value;
  }

  /** `get` for many keys, in one batch where the backend has one; answers in the order of `keys`. */
  async getMany(keys: readonly CacheKey[]): Promise<(T | undefined)[]> {
    const places = keys.map((key) => this.#place(key, 'getMany'));
    const asked = places.filter((place) => place !== undefined);
    const found = (await this.#parts.entries.readMany(asked)).values();
    return places.map((place) => {
      const entry = place === undefined ? undefined : found.next().value;
      return entry === undefined || entry === UNSERVED ? undefined : entry.value;
    });
  }

  /** Stores the value over whatever is there. Where staleness matters, `getOrLoad` is the way. */
  async set(key: CacheKey, value: T, ttlMs: number = this.#parts.ttlMs): Promise<void> {
    const place = this.#place(key, 'set');
    if (place !== undefined) await this.#parts.entries.write(place, value, ttlMs);
  }

  /**
   * Resolves to the cached value, or to what `load` returns, which is stored unless it is
   * `undefined`. Concurrent calls share a load, and so the object it returns. Rejects as the loader
   * does, or with `CACHE_LOAD_TIMEOUT`.
   */
  async getOrLoad<V extends T | undefined>(key: CacheKey, load: Load<V>): Promise<T | V> {
    const place = this.#place(key, 'get');
    const { readThrough } = this.#parts;
    return place === undefined ? readThrough.bypass(key, load) : readThrough.get(place, load);
  }

  /** Removes one entry. Call it after the change of the truth is committed. Never rejects. */
  delete(key: CacheKey): Promise<Invalidation> {
    const { keys, guard, undelivered } = this.#parts;
    return this.#invalidate(
      () => keys.key(key),
      (fullKey) => guard.delete(fullKey),
      (fullKey) => undelivered.addKey(fullKey),
    );
  }

  /**
   * Removes every entry below `key`; `[]` means the whole region. Never rejects. Not confirmed where
   * the backend cannot delete by prefix: there the entries stay until their TTL ends.
   */
  deletePrefix(key: CacheKey): Promise<Invalidation> {
    const { keys, guard, undelivered } = this.#parts;
    return this.#invalidate(
      () => keys.prefix(key),
      (prefix) => guard.deletePrefix(prefix),
      (prefix) => {
        if (guard.adapter.deletePrefix !== undefined) undelivered.addPrefix(prefix);
      },
    );
  }

  async #invalidate(
    locate: () => string,
    deliver: (target: string) => Promise<boolean>,
    keep: (target: string) => void,
  ): Promise<Invalidation> {
    const { bypassed, bypassConfirms, guard, outbox, readThrough, stats } = this.#parts;
    stats.invalidations++;
    if (bypassed) return { confirmed: bypassConfirms };
    let target: string;
    try {
      target = locate();
    } catch (error) {
      guard.report(error, 'delete');
      // Nothing is ever stored under an invalid key.
      return { confirmed: CacheError.isInstance(error) && error.code === 'CACHE_KEY_INVALID' };
    }
    readThrough.clear();
    const confirmed = await deliver(target);
    readThrough.clear();
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
