import { CacheError } from './errors.ts';
import type { LoadSettings } from './flights.ts';

/**
 * The settings of one cache, as code writes them or as `@tasker-cache/config` reads them from
 * Tasker's TOML. Everything but `backend` has a default.
 */
export interface CacheConfig {
  /** `false` means NoOp. Default `true`. */
  readonly enabled?: boolean;
  /** An adapter's name or alias, for example `redis`. */
  readonly backend: string;
  /** The package to import when no adapter of that name is registered. */
  readonly module?: string;
  /** The first part of every key. Default `tasker`. */
  readonly keyPrefix?: string;
  /** TTL in milliseconds by usage context. `default` serves contexts not named. Default 1 h. */
  readonly ttlMs?: Readonly<Record<string, number>>;
  /** The key segment of a usage context, where it is not the context's own. */
  readonly segments?: Readonly<Record<string, string>>;
  /** The deadline of each operation. Default 250. */
  readonly operationTimeoutMs?: number;
  /** The deadline of the first contact, and of a deletion by prefix. Default 5,000. */
  readonly connectionTimeoutMs?: number;
  /** Larger values are neither written nor parsed. Default 1 MiB. */
  readonly maxValueBytes?: number;
  /** Undelivered invalidations that each region remembers. Default 10,000. */
  readonly maxUndelivered?: number;
  /** When the breaker opens, how long until it tests the backend, and what closes it. */
  readonly circuitBreaker?: Partial<BreakerSettings>;
  /** Bounds for loaders and leases. */
  readonly loads?: Partial<LoadSettings>;
  /** The adapter's own options. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What the configuration's reader wants logged once at WARN. */
  readonly warnings?: readonly string[];
}

export interface BreakerSettings {
  /** Consecutive outages that open the circuit. Default 5. */
  readonly failureThreshold: number;
  /** From opening to the first probe, in milliseconds. Default 15,000. */
  readonly timeoutMs: number;
  /** Successful probes that close the circuit. Default 2. */
  readonly successThreshold: number;
}

/** The settings with every default filled in. */
export interface ResolvedSettings {
  readonly keyPrefix: string;
  readonly ttlMs: Readonly<Record<string, number>> & { readonly default: number };
  readonly segments: Readonly<Record<string, string>>;
  readonly operationTimeoutMs: number;
  readonly connectionTimeoutMs: number;
  readonly maxValueBytes: number;
  readonly maxUndelivered: number;
  readonly circuitBreaker: BreakerSettings;
  readonly loads: LoadSettings;
}

/** Node's timers hold 31 bits of milliseconds: 24.8 days. */
const longestTimerMs = 2 ** 31 - 1;

/** Fills in the defaults. Throws `CACHE_CONFIG_INVALID` for a number out of its range. */
export function resolveSettings(config: CacheConfig): ResolvedSettings {
  const { circuitBreaker = {}, loads = {} } = config;
  const timer = (name: string, value: number | undefined, fallback: number) =>
    inRange(name, value ?? fallback, 1, longestTimerMs);
  const count = (name: string, value: number | undefined, fallback: number) =>
    inRange(name, value ?? fallback, 1, Number.MAX_SAFE_INTEGER);
  return {
    keyPrefix: checkedPrefix(config.keyPrefix ?? 'tasker'),
    ttlMs: checkedTtls({ default: 3_600_000, ...config.ttlMs }),
    segments: config.segments ?? {},
    operationTimeoutMs: timer('operationTimeoutMs', config.operationTimeoutMs, 250),
    connectionTimeoutMs: timer('connectionTimeoutMs', config.connectionTimeoutMs, 5000),
    maxValueBytes: count('maxValueBytes', config.maxValueBytes, 1024 * 1024),
    maxUndelivered: count('maxUndelivered', config.maxUndelivered, 10_000),
    circuitBreaker: {
      failureThreshold: count('failureThreshold', circuitBreaker.failureThreshold, 5),
      timeoutMs: timer('circuitBreaker.timeoutMs', circuitBreaker.timeoutMs, 15_000),
      successThreshold: count('successThreshold', circuitBreaker.successThreshold, 2),
    },
    loads: {
      loadTimeoutMs: timer('loadTimeoutMs', loads.loadTimeoutMs, 30_000),
      maxConcurrentLoads: count('maxConcurrentLoads', loads.maxConcurrentLoads, 64),
      leaseWaitMs: inRange('leaseWaitMs', loads.leaseWaitMs ?? 3000, 0, longestTimerMs),
    },
  };
}

function checkedTtls<T extends Readonly<Record<string, number>>>(ttlMs: T): T {
  for (const [context, value] of Object.entries(ttlMs)) {
    inRange(`ttlMs.${context}`, value, 1, Number.MAX_SAFE_INTEGER);
  }
  return ttlMs;
}

function checkedPrefix(keyPrefix: string): string {
  if (/^[^\s\p{Cc}]{1,100}$/u.test(keyPrefix) && keyPrefix.isWellFormed()) return keyPrefix;
  const message = `keyPrefix is 1 to 100 characters without white space, got ${JSON.stringify(keyPrefix)}`;
  throw new CacheError('CACHE_CONFIG_INVALID', message);
}

function inRange(name: string, value: number, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value;
  const message = `${name} is a number from ${least} to ${most}, got ${JSON.stringify(value)}`;
  throw new CacheError('CACHE_CONFIG_INVALID', message);
}
