import { type Codec, jsonCodec } from './codec.ts';
import { Fences } from './fences.ts';
import { Flights } from './flights.ts';
import { Grace } from './grace.ts';
import { type Guard, UNSERVED } from './guard.ts';
import { type CacheKey, KeySpace } from './keys.ts';
import type { Logger } from './logger.ts';
import { Outbox } from './outbox.ts';
import { Region } from './region.ts';
import type { ReadOutcome, SharedParts } from './region-parts.ts';
import { checkRange, longestTtlMs, type ResolvedSettings } from './settings.ts';
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
  readonly #shared: SharedParts;
  readonly #lifecycle: Lifecycle;
  readonly #stats: Map<string, RegionStats> = new Map();
  readonly #warned: Set<string> = new Set();

  constructor(guard: Guard, settings: ResolvedSettings, lifecycle: Lifecycle, logger: Logger) {
    this.logger = logger;
    this.#lifecycle = lifecycle;
    const flights = new Flights(settings.loads);
    const fences = new Fences(guard, flights, settings.loads);
    const outbox = new Outbox(guard, settings.maxUndelivered, logger);
    this.#shared = { guard, settings, flights, fences, outbox };
  }

  /**
   * The region of a usage context. Regions of one context share entries, counters and undelivered
   * invalidations. Throws `CACHE_CONFIG_INVALID` for an unknown context or a TTL that is none.
   */
  region<T = unknown>(usage: string | UsageContext, options: RegionOptions<T> = {}): Region<T> {
    const context = findUsage(usage);
    const { name, segment, scopes, toleratesStaleness } = context;
    const { guard, settings, fences, outbox } = this.#shared;
    const { adapter } = guard;
    const ttlMs = options.ttlMs ?? settings.ttlMs[name] ?? settings.ttlMs.default;
    checkRange(`ttlMs of region ${name}`, ttlMs, 1, longestTtlMs);
    const enabled = scopes.includes(adapter.scope);
    if (!enabled) this.#warnOnce(unsafeUsageWarning(adapter.name, context));
    else if (adapter.scope === 'shared' && !toleratesStaleness && !fences.available) {
      this.#warnOnce(unfencedWarning(adapter.name, context));
    }
    const keys = new KeySpace(
      settings.keyPrefix,
      settings.segments[name] ?? segment,
      adapter.limits.maxKeyBytes,
    );
    const stats = this.#stats.get(name) ?? newRegionStats();
    this.#stats.set(name, stats);
    return new Region({
      ...this.#shared,
      enabled,
      bypassed: !enabled || adapter.scope === 'none',
      bypassConfirms: !this.#lifecycle.failed,
      joinsAnyLoad: toleratesStaleness,
      keys,
      codec: options.codec ?? (jsonCodec as Codec<T>),
      ttlMs,
      negativeTtlMs: options.negativeTtlMs ?? 0,
      undelivered: outbox.of(keys.root, ttlMs),
      grace:
        toleratesStaleness && settings.graceMs > 0
          ? new Grace<T>(ttlMs, settings, this.logger)
          : undefined,
      stats,
      onRead: options.onRead ?? (() => {}),
    });
  }

  /** Whether the backend answers now. `false` at once while the circuit is open. */
  async healthCheck(): Promise<boolean> {
    return !this.#lifecycle.failed && (await this.#shared.guard.run('ping')) !== UNSERVED;
  }

  /** What an operator wants to know. Holds no credentials. */
  status(): CacheStatus {
    const { guard, fences, outbox } = this.#shared;
    const { state, reason, since } = this.#lifecycle;
    return {
      state,
      reason,
      since,
      backend: guard.adapter.name,
      scope: guard.adapter.scope,
      breaker: guard.breaker?.state ?? 'none',
      fenced: fences.available,
      undeliveredInvalidations: outbox.size,
    };
  }

  /** Counters since the cache was opened, by usage context; `faults` counts those of the adapter. */
  stats(): { readonly faults: number; readonly regions: Readonly<Record<string, RegionStats>> } {
    const regions = structuredClone(Object.fromEntries(this.#stats));
    return { faults: this.#shared.guard.faults.count, regions };
  }

  /** Ends connections and timers. Idempotent, never rejects. Afterwards reads miss, loads go on. */
  async close(): Promise<void> {
    if (this.#lifecycle.state !== 'closed') this.#lifecycle.change('closed');
    this.#shared.outbox.close();
    await this.#shared.guard.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #warnOnce(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.logger.warn({}, message);
  }
}
