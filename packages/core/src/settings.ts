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
  /** How much shorter than its TTL an entry may live, as a random part of it: 0 to 1. Default 0. */
  readonly ttlJitter?: number;
  /**
   * How long after its TTL the last good value of a context that tolerates staleness is served when
   * its loader fails or is slow; while the backend is away, it is served within its TTL. From process
   * memory, at most 1,000 keys a region. Default 0: never.
   */
  readonly graceMs?: number;
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
export interface ResolvedSettings extends Numbers {
  readonly keyPrefix: string;
  readonly ttlMs: Readonly<Record<string, number>> & { readonly default: number };
  readonly segments: Readonly<Record<string, string>>;
  readonly circuitBreaker: BreakerSettings;
  readonly loads: LoadSettings;
}

type Numbers = Required<
  Pick<
    CacheConfig,
    | 'operationTimeoutMs'
    | 'connectionTimeoutMs'
    | 'maxValueBytes'
    | 'ttlJitter'
    | 'graceMs'
    | 'maxUndelivered'
  >
>;

/** A setting's default, least and greatest value. */
type Range = readonly [fallback: number, least: number, most: number];

const most: number = Number.MAX_SAFE_INTEGER;
export const longestTtlMs: number = most;
/** Node's timers hold 31 bits of milliseconds: 24.8 days. */
const longestTimerMs: number = 2 ** 31 - 1;

const numbers: Readonly<Record<keyof Numbers, Range>> = {
  operationTimeoutMs: [250, 1, longestTimerMs],
  connectionTimeoutMs: [5000, 1, longestTimerMs],
  // Node holds no string of 512 MiB.
  maxValueBytes: [1024 * 1024, 1, 2 ** 28],
  ttlJitter: [0, 0, 1],
  graceMs: [0, 0, most],
  maxUndelivered: [10_000, 1, most],
};
const circuitBreaker: Readonly<Record<keyof BreakerSettings, Range>> = {
  failureThreshold: [5, 1, most],
  timeoutMs: [15_000, 1, longestTimerMs - 1],
  successThreshold: [2, 1, most],
};
const loads: Readonly<Record<keyof LoadSettings, Range>> = {
  loadTimeoutMs: [30_000, 1, longestTimerMs],
  maxConcurrentLoads: [64, 1, most],
  slowLoadMs: [1000, 1, longestTimerMs],
  leaseMs: [30_000, 1, longestTimerMs],
  leaseWaitMs: [3000, 0, longestTimerMs],
};

/** Fills in the defaults. Throws `CACHE_CONFIG_INVALID` for a value out of its range. */
export function resolveSettings(config: CacheConfig): ResolvedSettings {
  const ttlMs = { default: 3_600_000, ...config.ttlMs };
  for (const [context, value] of Object.entries(ttlMs))
    checkRange(`ttlMs.${context}`, value, 1, most);
  return {
    keyPrefix: checkedPrefix(config.keyPrefix ?? 'tasker'),
    ttlMs,
    segments: config.segments ?? {},
    ...filled(config, numbers),
    circuitBreaker: filled(config.circuitBreaker, circuitBreaker),
    loads: filled(config.loads, loads),
  };
}

function filled<Name extends string>(
  given: { readonly [name in Name]?: number } | undefined,
  ranges: Readonly<Record<Name, Range>>,
): Record<Name, number> {
  const settings = {} as Record<Name, number>;
  for (const [name, range] of Object.entries(ranges) as [Name, Range][]) {
    settings[name] = given?.[name] ?? range[0];
    checkRange(name, settings[name], range[1], range[2]);
  }
  return settings;
}

function checkedPrefix(keyPrefix: string): string {
  if (/^[^\s\p{Cc}]{1,100}$/u.test(keyPrefix) && keyPrefix.isWellFormed()) return keyPrefix;
  const message = `keyPrefix is 1 to 100 characters without white space, got ${JSON.stringify(keyPrefix)}`;
  throw new CacheError('CACHE_CONFIG_INVALID', message);
}

/** Throws `CACHE_CONFIG_INVALID` unless `value` is a number within the range. */
export function checkRange(name: string, value: unknown, least: number, greatest: number): void {
  if (typeof value === 'number' && value >= least && value <= greatest) return;
  const message = `${name} is a number from ${least} to ${greatest}, got ${JSON.stringify(value)}`;
  throw new CacheError('CACHE_CONFIG_INVALID', message);
}
