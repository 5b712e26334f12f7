// `@tasker-cache/core/adapter`: what the author of an adapter needs, and an application does not.
export {
  type AdapterContext,
  type AdapterDefinition,
  type CacheAdapter,
  LEASE_MARKER,
  type Lease,
  type Limits,
  type Scope,
} from './adapter.ts';
export { type Checked, checkKey, checkTtlMs, checkValue } from './checks.ts';
export { CacheError, type CacheErrorCode, type CacheErrorOptions, isOutage } from './errors.ts';
export { consoleLogger, type Logger, type LogLevel } from './logger.ts';
export { findAdapter, registerAdapter } from './registry.ts';
