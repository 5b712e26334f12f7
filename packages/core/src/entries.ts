import { exceedsBytes } from './byte-size.ts';
import { CacheError, type CacheErrorCode } from './errors.ts';
import { UNSERVED, type Unserved, unserved } from './guard.ts';
import type { CacheKey } from './keys.ts';
import type { RegionParts } from './region-parts.ts';

/** A decoded value, or `undefined` where it is known that there is none. */
export interface Hit<T> {
  readonly value: T | undefined;
}

/** A hit, a miss (`undefined`), or `UNSERVED`. */
export type Found<T> = Hit<T> | undefined | Unserved;

/** Where an entry lies, for the codec and for the backend. */
export interface Place {
  readonly key: CacheKey;
  readonly fullKey: string;
}

/** Stored instead of a value where a loader found nothing. No JSON text starts like this. */
const nothing = '!nothing';

/** The typed entries of one region: encoding, size, poison, and what must not be read or filled. */
export class Entries<T> {
  readonly #parts: RegionParts<T>;

  constructor(parts: RegionParts<T>) {
    this.#parts = parts;
  }

  /** `found` makes sense of the answer. Two steps, because a promise more costs every hit. */
  ask({ fullKey }: Place): Promise<string | undefined | Unserved> {
    const { guard, undelivered } = this.#parts;
    return undelivered.covers(fullKey) ? unserved : guard.get(fullKey);
  }

  async readMany(places: readonly Place[]): Promise<Found<T>[]> {
    const { guard, undelivered } = this.#parts;
    const keys = places.map(({ fullKey }) => fullKey);
    const covered = keys.map((fullKey) => undelivered.covers(fullKey));
    const texts = await guard.getMany(keys);
    return places.map((place, index) =>
      this.found(place, covered[index] ? UNSERVED : texts[index]),
    );
  }

  /** Decodes and counts an answer of the backend. Poison is removed, and is a miss. */
  found(place: Place, text: string | undefined | Unserved): Found<T> {
    const { codec, negativeTtlMs, stats, guard } = this.#parts;
    if (typeof text === 'string') {
      try {
        this.#checkSize(text);
        const isNothing = text === nothing && negativeTtlMs > 0;
        const value = isNothing ? undefined : codec.decode(text, place.key);
        stats.hits++;
        return { value };
      } catch (error) {
        // Another key's value is what a connection hands out whose replies have slipped by one.
        if (this.#report(error, 'get', place) === 'CACHE_VALUE_MISPLACED') guard.distrust();
        void guard.write('delete', place.fullKey);
      }
    }
    stats.misses++;
    return text === UNSERVED ? text : undefined;
  }

  /** Stores without a fence. Resolves when the backend has answered, or has not in its time. */
  async write(place: Place, value: T, ttlMs: number): Promise<void> {
    const { guard, undelivered, stats } = this.#parts;
    const { fullKey } = place;
    const text = this.#encode(place, value, 'set');
    if (text === undefined || undelivered.covers(fullKey)) return;
    const stored = await guard.write('set', fullKey, text, this.#jittered(ttlMs));
    if (stored !== UNSERVED) stats.stores++;
  }

  /** Stores if the key still holds the token's lease; gives it back where nothing can be stored. */
  async fill(place: Place, token: string, value: T | undefined): Promise<void> {
    const { guard, undelivered, ttlMs, negativeTtlMs, stats } = this.#parts;
    const { fullKey } = place;
    const isNothing = value === undefined;
    const text = isNothing ? nothing : this.#encode(place, value, 'fill');
    const lifeMs = this.#jittered(isNothing ? negativeTtlMs : ttlMs);
    if (text === undefined || lifeMs === 0) return this.release(place);
    const filled =
      !undelivered.covers(fullKey) && (await guard.write('fill', fullKey, token, text, lifeMs));
    if (filled === true) stats.stores++;
    else stats.refusedFills++;
    if (filled === UNSERVED) this.abandon(place);
  }

  /** Gives a lease back without a value, so that nobody waits for one. */
  async release(place: Place): Promise<void> {
    const done = await this.#parts.guard.write('delete', place.fullKey);
    if (done === UNSERVED) this.abandon(place);
  }

  /** A lease may have been left behind: it is removed as an undelivered invalidation is. */
  abandon({ fullKey }: Place): void {
    this.#parts.undelivered.addKey(fullKey);
    this.#parts.outbox.retryLater();
  }

  /** Entries written together must not expire together. */
  #jittered(ttlMs: number): number {
    return ttlMs * (1 - this.#parts.settings.ttlJitter * Math.random());
  }

  #encode(place: Place, value: T, operation: string): string | undefined {
    try {
      const text = this.#parts.codec.encode(value, place.key);
      this.#checkSize(text);
      return text;
    } catch (error) {
      this.#report(error, operation, place);
      return undefined;
    }
  }

  #checkSize(text: string): void {
    const { maxValueBytes } = this.#parts.settings;
    if (!exceedsBytes(text, maxValueBytes)) return;
    const message = `The value has more than ${maxValueBytes} bytes, the limit`;
    throw new CacheError('CACHE_VALUE_TOO_LARGE', message);
  }

  /** A codec's own error may quote the value, which logs must not hold. */
  #report(thrown: unknown, operation: string, { fullKey }: Place): CacheErrorCode {
    const error = CacheError.isInstance(thrown)
      ? thrown
      : new CacheError('CACHE_VALUE_INVALID', `The codec refused the value (${nameOf(thrown)})`);
    this.#parts.guard.report(error, operation, fullKey);
    return error.code;
  }
}

function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : typeof thrown;
}
