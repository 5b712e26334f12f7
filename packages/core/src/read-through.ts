import type { Entries, Found, Hit, Place } from './entries.ts';
import type { Load } from './flights.ts';
import { UNSERVED } from './guard.ts';
import type { CacheKey } from './keys.ts';
import type { ReadOutcome, RegionParts } from './region-parts.ts';

/** Reads, and on a miss loads: once per key and process, and with leases once per fleet. */
export class ReadThrough<T> {
  readonly #parts: RegionParts<T>;
  readonly #entries: Entries<T>;

  constructor(parts: RegionParts<T>, entries: Entries<T>) {
    this.#parts = parts;
    this.#entries = entries;
  }

  async get<V extends T | undefined>(place: Place, load: Load<V>): Promise<T | V> {
    const { grace } = this.#parts;
    const found = this.#entries.found(place, await this.#entries.ask(place));
    if (isHit(found)) {
      if (found.value !== undefined) grace?.keep(place.fullKey, found.value);
      return this.#take('hit', place, found.value as T | V);
    }
    if (grace === undefined) return this.#loadOrJoin(place, load, found === UNSERVED);
    const { fullKey } = place;
    const kept = found === UNSERVED ? grace.find(fullKey) : undefined;
    if (kept !== undefined) return this.#take('stale', place, kept.value);
    const loading = this.#loadOrJoin(place, load, found === UNSERVED);
    return grace.orLastGood(fullKey, loading, () => this.#count('stale', place.key));
  }

  /** Loads without asking the cache. */
  bypass<V>(key: CacheKey, load: Load<V>): Promise<V> {
    this.#parts.stats.misses++;
    return this.#loadCounted(key, load);
  }

  /** Ends sharing within this tick: a key was deleted here. */
  clear(): void {
    this.#parts.flights.clear();
    this.#parts.fences.clear();
  }

  async #loadOrJoin<V extends T | undefined>(
    place: Place,
    load: Load<V>,
    away: boolean,
  ): Promise<T | V> {
    const { flights, joinsAnyLoad } = this.#parts;
    const work = () => (away ? this.#loadAlone(place, load) : this.#loadFenced(place, load));
    if (!joinsAnyLoad) return work();
    const running = flights.find<T | V>(place.fullKey);
    return running === undefined
      ? flights.start(place.fullKey, work)
      : this.#take('joined', place, running);
  }

  async #loadFenced<V extends T | undefined>(place: Place, load: Load<V>): Promise<T | V> {
    const { flights, fences } = this.#parts;
    if (!fences.available) return this.#loadUnfenced(place, load);
    let fence = await fences.acquire(place.fullKey);
    let waited = false;
    for (;;) {
      if (fence === UNSERVED) {
        // The request may have arrived, and its answer not.
        this.#entries.abandon(place);
        return this.#loadAlone(place, load);
      }
      if (fence.state === 'hit') {
        const found = this.#entries.found(place, fence.value);
        if (isHit(found)) return this.#take('joined', place, found.value as T | V);
        return this.#loadAlone(place, load);
      }
      const { token } = fence;
      const running = flights.find<T | V>(token);
      if (running !== undefined) return this.#take('joined', place, running);
      if (fence.state === 'granted') {
        return flights.start(token, () => this.#loadAndFill(place, token, load));
      }
      if (waited) return this.#loadAlone(place, load);
      fence = await fences.wait(place.fullKey, token);
      waited = true;
    }
  }

  async #loadAndFill<V extends T | undefined>(
    place: Place,
    token: string,
    load: Load<V>,
  ): Promise<V> {
    try {
      const value = await this.#load(place, load);
      void this.#entries.fill(place, token, value);
      return value;
    } catch (error) {
      void this.#entries.release(place);
      throw error;
    } finally {
      // The lease is spent: nobody of this tick may take it for theirs.
      this.#parts.fences.clear();
    }
  }

  /** For adapters without leases. */
  #loadUnfenced<V extends T | undefined>(place: Place, load: Load<V>): Promise<V> {
    return this.#shareTick(place, async () => {
      const value = await this.#load(place, load);
      if (value !== undefined) void this.#entries.write(place, value, this.#parts.ttlMs);
      return value;
    });
  }

  /** Loads without storing: the backend is away, or another process's load takes too long. */
  #loadAlone<V extends T | undefined>(place: Place, load: Load<V>): Promise<V> {
    return this.#shareTick(place, () => this.#load(place, load));
  }

  #shareTick<V>(place: Place, work: () => Promise<V>): Promise<V> {
    let own = false;
    const shared = this.#parts.flights.ofTick(place.fullKey, () => {
      own = true;
      return work();
    });
    return own ? shared : Promise.resolve(this.#take('joined', place, shared));
  }

  async #load<V extends T | undefined>(place: Place, load: Load<V>): Promise<V> {
    const value = await this.#loadCounted(place.key, load);
    if (value !== undefined) this.#parts.grace?.keep(place.fullKey, value);
    return value;
  }

  #loadCounted<V>(key: CacheKey, load: Load<V>): Promise<V> {
    this.#count('miss', key);
    return this.#parts.flights.load(load);
  }

  #take<V>(outcome: ReadOutcome, place: Place, value: V | Promise<V>): V | Promise<V> {
    this.#count(outcome, place.key);
    return value;
  }

  #count(outcome: ReadOutcome, key: CacheKey): void {
    const { stats, onRead } = this.#parts;
    if (outcome === 'miss') stats.loads++;
    else if (outcome !== 'hit') stats[outcome]++;
    onRead(outcome, key);
  }
}

function isHit<T>(found: Found<T>): found is Hit<T> {
  return typeof found === 'object';
}
