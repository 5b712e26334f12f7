import { type Codec, jsonCodec } from './codec.ts';
import { Fences } from './fences.ts';
import { Flights } from './flights.ts';
import { Grace } from './grace.ts';
import type { Guard } from './guard.ts';
import { type CacheKey, KeySpace } from './keys.ts';
import type { Logger } from './logger.ts';
import { Outbox } from './outbox.ts';
import { Region } from './region.ts';
import type { ReadOutcome } from './region-parts.ts';
import { checkRange, type ResolvedSettings } from './settings.ts';
import { newRegionStats, type RegionStats } from './stats.ts';
import type { CacheStatus, Lifecycle } from './status.ts';
import { findUsage, type UsageContext, unfencedWarning, unsafeUsageWarning } from './usage.ts';

export interface RegionOptions<T> {
  /** Default: plain JSON, unchecked. */
  readonly codec?: Codec<T>;
  /** Default: the configured TTL of the usage context. */
  readonly ttlMs?: number;
  /** How long "there is none" is remembered when a loader returns `undefined`. Default 0: not. */
  readonly negativeTtlMs?: number;
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
    this.#fences = new Fences(guard, this.#flights, settings.loads);
    this.#outbox = new Outbox(guard, settings.maxUndelivered, logger);
  }

  /**
   * The region of a usage context. Regions of one context share entries, counters and undelivered
   * invalidations. Throws `CACHE_CONFIG_INVALID` for an unknown context or a TTL that is none.
   */
  region<T = unknown>(usage: string | UsageContext, options: RegionOptions<T> = {}): Region<T> {
    const context = findUsage(usage);
    const { name, segment, toleratesStaleness } = context;
    const { ttlMs: ttls, segments, keyPrefix, maxValueBytes, ttlJitter, graceMs } = this.#settings;
    const ttlMs = options.ttlMs ?? ttls[name] ?? ttls.default;
    checkRange(`ttlMs of region ${name}`, ttlMs, 1, Number.MAX_SAFE_INTEGER);
    const guard = this.#guard;
    const { scope, limits } = guard.adapter;
    const enabled = context.scopes.includes(scope);
    if (!enabled) this.#warnOnce(unsafeUsageWarning(guard.adapter.name, context));
    else if (scope === 'shared' && !toleratesStaleness && !this.#fences.available) {
      this.#warnOnce(unfencedWarning(guard.adapter.name, context));
    }
    const keys = new KeySpace(keyPrefix, segments[name] ?? segment, limits.maxKeyBytes);
    return new Region({
      enabled,
      bypassed: !enabled || scope === 'none',
      bypassConfirms: !this.#lifecycle.failed,
      joinsAnyLoad: toleratesStaleness,
      keys,
      guard,
      codec: options.codec ?? (jsonCodec as Codec<T>),
      ttlMs,
      ttlJitter,
      negativeTtlMs: options.negativeTtlMs ?? 0,
      maxValueBytes,
      flights: this.#flights,
      fences: this.#fences,
      outbox: this.#outbox,
      undelivered: this.#outbox.of(keys.root, ttlMs),
      grace:
        toleratesStaleness && graceMs > 0
          ? new Grace<T>(ttlMs, graceMs, this.#settings.loads.slowLoadMs, this.logger)
          : undefined,
      stats: this.#statsOf(name),
      onRead: options.onRead ?? (() => {}),
    });
  }

  /** Whether the backend answers now. `false` at once while the circuit is open. */
  async healthCheck(): Promise<boolean> {
    return !this.#lifecycle.failed && this.#guard.ping();
  }

  /** What an operator wants to know. Holds no credentials. */
  status(): CacheStatus {
    const { adapter, breakerState } = this.#guard;
    const { state, reason, since } = this.#lifecycle;
    return {
      state,
      reason,
      since,
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
    if (this.#lifecycle.state !== 'closed') this.#lifecycle.change('closed');
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
