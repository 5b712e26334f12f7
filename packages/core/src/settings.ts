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
  /** The deadline of the first contact with the backend. Default 5,000. */
  readonly connectionTimeoutMs?: number;
  /** Larger values are neither written nor parsed. Default 1 MiB. */
  readonly maxValueBytes?: number;
  /** When the breaker opens, how long until it tests the backend, and what closes it. */
  readonly circuitBreaker?: Partial<BreakerSettings>;
  /** Bounds for loaders and leases. */
  readonly loads?: Partial<LoadSettings>;
  /** The adapter's own options. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What the configuration's reader wants logged at WARN once. */
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
