import { type Codec, jsonCodec } from './codec.ts';
import { Entries } from './entries.ts';
import { CacheError } from './errors.ts';
import { Fences } from './fences.ts';
import { Flights } from './flights.ts';
import type { Guard } from './guard.ts';
import { type CacheKey, KeySpace } from './keys.ts';
import type { Logger } from './logger.ts';
import { Outbox } from './outbox.ts';
import { type ReadOutcome, ReadThrough } from './read-through.ts';
import { Region } from './region.ts';
import type { ResolvedSettings } from './settings.ts';
import { newRegionStats, type RegionStats } from './stats.ts';
import type { CacheStatus, Lifecycle } from './status.ts';
import { findUsage, type UsageContext, unsafeUsageWarning } from './usage.ts';

export interface RegionOptions<T> {
  /** Default: plain JSON, unchecked. */
  readonly codec?: Codec<T>;
  /** Default: the configured TTL of the usage context. */
  readonly ttlMs?: number;
  /** Called once for each `getOrLoad`: for a miss before it loads, otherwise when it is served. */
  readonly onRead?: (outcome: ReadOutcome, key: CacheKey) => void;
}

/**
 * An open cache; `openCache` makes it. Its regions are the only way to the backend, so every use
 * passes the usage policy.
 */
export class Cache implements AsyncDisposable {
  readonly logger: Logger;
  readonly #guard: Guard;
  readonly #settings: ResolvedSettings;
  readonly #lifecycle: Lifecycle;
  readonly #flights: Flights;
  readonly #fences: Fences;
  readonly #outbox: Outbox;
  readonly #stats: Map<string, RegionStats> = new Map();
  readonly #warned: Set<string> = new Set();

  constructor(guard: Guard, settings: ResolvedSettings, lifecycle: Lifecycle, logger: Logger) {
    this.logger = logger;
    this.#guard = guard;
    this.#settings = settings;
    this.#lifecycle = lifecycle;
    this.#flights = new Flights(settings.loads);
    this.#fences = new Fences(guard, settings.loads);
    this.#outbox = new Outbox(guard, settings.maxUndelivered, logger);
  }

  /**
   * The region of a usage context. Regions of one context share entries, counters and undelivered
   * invalidations. Throws `CACHE_CONFIG_INVALID` for an unknown context or a TTL that is none.
   */
  region<T = unknown>(usage: string | UsageContext, options: RegionOptions<T> = {}): Region<T> {
    const context = findUsage(usage);
    const { name, segment } = context;
    const { ttlMs: ttls, segments, keyPrefix, maxValueBytes } = this.#settings;
    const ttlMs = checkedTtl(options.ttlMs ?? ttls[name] ?? ttls.default);
    const guard = this.#guard;
    const { scope, limits } = guard.adapter;
    const enabled = context.scopes.includes(scope);
    if (!enabled) this.#warnOnce(unsafeUsageWarning(guard.adapter.name, context));
    const stats = this.#statsOf(name);
    const keys = new KeySpace(keyPrefix, segments[name] ?? segment, limits.maxKeyBytes);
    const undelivered = this.#outbox.of(keys.root, ttlMs);
    const codec = options.codec ?? (jsonCodec as Codec<T>);
    const entries = new Entries({ guard, codec, maxValueBytes, undelivered, stats });
    const readThrough = new ReadThrough({
      entries,
      flights: this.#flights,
      fences: this.#fences,
      joinsAnyLoad: context.toleratesStaleness,
      ttlMs,
      stats,
      onRead: options.onRead ?? (() => {}),
    });
    return new Region({
      enabled,
      bypassed: !enabled || scope === 'none',
      bypassConfirms: this.#lifecycle.failure === undefined,
      keys,
      guard,
      entries,
      readThrough,
      outbox: this.#outbox,
      undelivered,
      ttlMs,
      stats,
    });
  }

  /** Whether the backend answers now. `false` at once while the circuit is open. */
  async healthCheck(): Promise<boolean> {
    const { state } = this.#lifecycle;
    if (state === 'disabled') return this.#lifecycle.failure === undefined;
    return this.#guard.ping();
  }

  /** What an operator wants to know. Holds no credentials. */
  status(): CacheStatus {
    const { adapter, breakerState } = this.#guard;
    return {
      ...this.#lifecycle.snapshot(),
      backend: adapter.name,
      scope: adapter.scope,
      breaker: breakerState,
      fenced: this.#fences.available,
      undeliveredInvalidations: this.#outbox.size,
    };
  }

  /** Counters since the cache was opened, by usage context; `faults` counts those of the adapter. */
  stats(): { readonly faults: number; readonly regions: Readonly<Record<string, RegionStats>> } {
    const regions = [...this.#stats].map(([name, stats]) => [name, { ...stats }] as const);
    return { faults: this.#guard.faultCount, regions: Object.fromEntries(regions) };
  }

  /** Ends connections and timers. Idempotent, never rejects. Afterwards reads miss, loads go on. */
  async close(): Promise<void> {
    this.#lifecycle.close();
    this.#outbox.close();
    await this.#guard.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #statsOf(name: string): RegionStats {
    const stats = this.#stats.get(name) ?? newRegionStats();
    this.#stats.set(name, stats);
    return stats;
  }

  #warnOnce(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.logger.warn({}, message);
  }
}

function checkedTtl(ttlMs: number): number {
  if (Number.isFinite(ttlMs) && ttlMs > 0) return ttlMs;
  const message = `A region's ttlMs is a finite number above 0, got ${String(ttlMs)}`;
  throw new CacheError('CACHE_CONFIG_INVALID', message);
}
