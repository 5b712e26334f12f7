import type { Entries, Found, Hit, Place } from './entries.ts';
import type { Fences } from './fences.ts';
import type { Flights, Load } from './flights.ts';
import { UNSERVED } from './guard.ts';
import type { CacheKey } from './keys.ts';
import type { RegionStats } from './stats.ts';
import { Tick } from './tick.ts';

/** How a read ended: from the cache, by a load of its own, or by somebody else's load. */
export type ReadOutcome = 'hit' | 'miss' | 'joined';

export interface ReadThroughParts<T> {
  readonly entries: Entries<T>;
  readonly flights: Flights;
  readonly fences: Fences;
  /** Whether a read may join a load that began before it. */
  readonly joinsAnyLoad: boolean;
  readonly ttlMs: number;
  readonly stats: RegionStats;
  readonly onRead: (outcome: ReadOutcome, key: CacheKey) => void;
}

/** Reads, and on a miss loads: once per key and process, and with leases once per fleet. */
export class ReadThrough<T> {
  readonly #parts: ReadThroughParts<T>;
  /** Loads without a lease, which only the reads of one tick may share. */
  readonly #alone: Tick<Promise<unknown>> = new Tick();

  constructor(parts: ReadThroughParts<T>) {
    this.#parts = parts;
  }

  async get<V extends T | undefined>(place: Place, load: Load<V>): Promise<T | V> {
    const { entries, flights, joinsAnyLoad } = this.#parts;
    const found = await entries.read(place);
    if (isHit(found)) return this.#take('hit', place, found.value);
    const work = () =>
      found === UNSERVED ? this.#loadAlone(place, load) : this.#loadFenced(place, load);
    if (!joinsAnyLoad) return work();
    const running = flights.find<T | V>(place.fullKey);
    if (running !== undefined) return this.#take('joined', place, running);
    return flights.start(place.fullKey, work);
  }

  /** Loads without asking the cache. */
  bypass<V>(key: CacheKey, load: Load<V>): Promise<V> {
    this.#parts.stats.misses++;
    return this.#load(key, load);
  }

  /** Ends sharing within this tick: a key was deleted here. */
  clear(): void {
    this.#alone.clear();
    this.#parts.fences.clear();
  }

  async #loadFenced<V extends T | undefined>(place: Place, load: Load<V>): Promise<T | V> {
    const { entries, flights, fences } = this.#parts;
    if (!fences.available) return this.#loadUnfenced(place, load);
    let fence = await fences.acquire(place.fullKey);
    let waited = false;
    for (;;) {
      if (fence === UNSERVED) return this.#loadAlone(place, load);
      if (fence.state === 'hit') {
        const found = await entries.decode(place, fence.value);
        if (isHit(found)) return this.#take('joined', place, found.value);
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
    const { entries, ttlMs } = this.#parts;
    try {
      const value = await this.#load(place.key, load);
      if (value === undefined) void entries.release(place);
      else void entries.fill(place, token, value, ttlMs);
      return value;
    } catch (error) {
      void entries.release(place);
      throw error;
    }
  }

  /** For adapters without leases. */
  #loadUnfenced<V extends T | undefined>(place: Place, load: Load<V>): Promise<V> {
    return this.#shareTick(place, async () => {
      const value = await this.#load(place.key, load);
      if (value !== undefined) void this.#parts.entries.write(place, value, this.#parts.ttlMs);
      return value;
    });
  }

  /** Loads without storing: the backend is away, or another process's load takes too long. */
  #loadAlone<V extends T | undefined>(place: Place, load: Load<V>): Promise<V> {
    return this.#shareTick(place, () => this.#load(place.key, load));
  }

  #shareTick<V>(place: Place, work: () => Promise<V>): Promise<V> {
    let own = false;
    const shared = this.#alone.share(place.fullKey, () => {
      own = true;
      return work();
    }) as Promise<V>;
    return own ? shared : this.#take('joined', place, shared);
  }

  #load<V>(key: CacheKey, load: Load<V>): Promise<V> {
    this.#parts.stats.loads++;
    this.#parts.onRead('miss', key);
    return this.#parts.flights.load(load);
  }

  async #take<V>(outcome: 'hit' | 'joined', place: Place, value: V | Promise<V>): Promise<V> {
    if (outcome === 'joined') this.#parts.stats.joined++;
    this.#parts.onRead(outcome, place.key);
    return value;
  }
}

function isHit<T>(found: Found<T>): found is Hit<T> {
  return typeof found === 'object';
}
