export type {
  AdapterContext,
  AdapterDefinition,
  CacheAdapter,
  Lease,
  Limits,
  Scope,
} from './adapter.ts';
export type { BreakerState } from './breaker.ts';
export type { Cache, RegionOptions } from './cache.ts';
export { type Codec, jsonCodec } from './codec.ts';
export { CacheError, type CacheErrorCode, type CacheErrorOptions } from './errors.ts';
export type { Load, LoadSettings } from './flights.ts';
export type { CacheKey } from './keys.ts';
export { consoleLogger, type Logger, type LogLevel } from './logger.ts';
export { type OpenOptions, openCache } from './open.ts';
export type { Invalidation, Region } from './region.ts';
export type { ReadOutcome } from './region-parts.ts';
export type { BreakerSettings, CacheConfig } from './settings.ts';
export type { RegionStats } from './stats.ts';
export type { CacheStatus, LifecycleState } from './status.ts';
export type { UsageContext } from './usage.ts';
