import type { Codec } from './codec.ts';
import type { Fences } from './fences.ts';
import type { Flights } from './flights.ts';
import type { Grace } from './grace.ts';
import type { Guard } from './guard.ts';
import type { UndeliveredInvalidations } from './invalidations.ts';
import type { CacheKey, KeySpace } from './keys.ts';
import type { Outbox } from './outbox.ts';
import type { ResolvedSettings } from './settings.ts';
import type { RegionStats } from './stats.ts';

/**
 * How a read ended: from the cache, by a load of its own, by somebody else's load, or with the last
 * good value from process memory.
 */
export type ReadOutcome = 'hit' | 'miss' | 'joined' | 'stale';

/** What the regions of one cache share. */
export interface SharedParts {
  readonly guard: Guard;
  readonly settings: ResolvedSettings;
  readonly flights: Flights;
  readonly fences: Fences;
  readonly outbox: Outbox;
}

/** What a region works with; `Cache` puts it together. */
export interface RegionParts<T> extends SharedParts {
  /** Whether the usage policy allows this backend. */
  readonly enabled: boolean;
  /** The backend is not asked at all: it is not allowed, or it stores nothing. */
  readonly bypassed: boolean;
  /** What an invalidation that bypasses the backend comes to. */
  readonly bypassConfirms: boolean;
  /** Whether a read may join a load that began before it. */
  readonly joinsAnyLoad: boolean;
  readonly keys: KeySpace;
  readonly codec: Codec<T>;
  readonly ttlMs: number;
  readonly negativeTtlMs: number;
  readonly undelivered: UndeliveredInvalidations;
  /** Absent where the last good value is not kept. */
  readonly grace: Grace<T> | undefined;
  readonly stats: RegionStats;
  readonly onRead: (outcome: ReadOutcome, key: CacheKey) => void;
}
