import type { BreakerSettings, CacheConfig } from '@tasker-cache/core';
import { foreignSettings, knownSettings } from './backend-settings.ts';
import type { Environment } from './expand.ts';
import type { Path } from './lines.ts';
import { parseToml, type Table } from './parse-toml.ts';
import { createReader, type Reader } from './reader.ts';
import { createReport, type Report } from './report.ts';
import type { Values } from './setting.ts';
import { aliases, backends, breakerKeys, breakerTimeoutKeys, cacheKeys } from './tables.ts';
import { warnOfBackendTables, warnOfNearBackend, warnUnknownKeys } from './warnings.ts';

export interface ParseOptions {
  /** What `${NAME}` stands for. Default `process.env`. */
  readonly env?: Environment;
  /** The file's name in messages. Default `configuration`. */
  readonly file?: string;
}

const cachePath: Path = ['common', 'cache'];
const breakerPath: Path = ['common', 'circuit_breakers', 'component_configs', 'cache'];
const breakerDefaultsPath: Path = ['common', 'circuit_breakers', 'default_config'];

/**
 * Reads the cache's tables of Tasker's TOML file; other tables may hold anything. What needs a look
 * but no stop is in `warnings`, for `openCache` to log. Throws one `CacheError` with
 * `CACHE_CONFIG_INVALID` that names every problem, a line each. Neither ever holds a credential.
 */
export function parseConfig(text: string, options: ParseOptions = {}): CacheConfig {
  const { env = process.env, file = 'configuration' } = options;
  const report = createReport(text, file);
  const reader = createReader(parseToml(text, file), env);
  const cache = reader.read([cachePath], cacheKeys, report.error);
  if (reader.table(cachePath, report.error) === undefined) {
    report.warn(cachePath, 'there is no such table, so caching is off. Add it with enabled = true');
  }
  const circuitBreaker = readBreaker(reader, report);
  const settings = readSettings(cache, reader, report);
  const module = cache.module ?? backends.get(canonical(cache.backend))?.module;
  const { connectionTimeoutMs } = settings;
  report.throwErrors();
  return {
    enabled: cache.enabled,
    backend: cache.backend,
    ...(module === undefined ? {} : { module }),
    keyPrefix: cache.key_prefix,
    ttlMs: {
      default: cache.default_ttl_seconds * 1000,
      templates: cache.template_ttl_seconds * 1000,
      analytics: cache.analytics_ttl_seconds * 1000,
    },
    segments: { templates: cache.template_segment },
    operationTimeoutMs: cache.operation_timeout_ms,
    ...(typeof connectionTimeoutMs === 'number' ? { connectionTimeoutMs } : {}),
    maxValueBytes: cache.max_value_bytes,
    circuitBreaker,
    ...optionalSettings(cache),
    settings,
    warnings: report.warnings(),
  };
}

function canonical(backend: string): string {
  return aliases.get(backend) ?? backend;
}

function readSettings(cache: Values<typeof cacheKeys>, reader: Reader, report: Report): Table {
  const name = canonical(cache.backend);
  const backend = backends.get(name);
  const known = [...Object.keys(cacheKeys), ...backends.keys(), name];
  warnUnknownKeys(cachePath, known, reader, report.warn, [...aliases.keys()]);
  warnOfBackendTables(cachePath, reader, report.warn);
  if (backend === undefined && cache.module === undefined) {
    warnOfNearBackend([...cachePath, 'backend'], cache.backend, report.warn);
  }
  // An application that runs without a cache needs no working backend, so nothing may stop it.
  if (!cache.enabled && !report.hasErrors()) return {};
  return backend
    ? knownSettings(backend, cachePath, reader, report)
    : foreignSettings([...cachePath, name], reader, report.error);
}

function readBreaker(reader: Reader, report: Report): BreakerSettings {
  const thresholds = reader.read([breakerPath], breakerKeys, report.error);
  const timeouts = [breakerPath, breakerDefaultsPath];
  const { timeout_seconds } = reader.read(timeouts, breakerTimeoutKeys, report.error);
  const known = [...Object.keys(breakerKeys), ...Object.keys(breakerTimeoutKeys)];
  warnUnknownKeys(breakerPath, known, reader, report.warn);
  return {
    failureThreshold: thresholds.failure_threshold,
    timeoutMs: timeout_seconds * 1000,
    successThreshold: thresholds.success_threshold,
  };
}

/** Only what the file sets: core has the defaults. */
function optionalSettings(cache: Values<typeof cacheKeys>): Partial<CacheConfig> {
  const { load_timeout_seconds, grace_seconds, ttl_jitter_percent } = cache;
  return {
    ...set('maxUndelivered', cache.max_undelivered),
    ...set('graceMs', grace_seconds && grace_seconds * 1000),
    ...set('ttlJitter', ttl_jitter_percent && ttl_jitter_percent / 100),
    loads: {
      ...set('loadTimeoutMs', load_timeout_seconds && load_timeout_seconds * 1000),
      ...set('maxConcurrentLoads', cache.max_concurrent_loads),
      ...set('leaseMs', cache.lease_ms),
      ...set('leaseWaitMs', cache.lease_wait_ms),
    },
  };
}

function set<Name extends string>(name: Name, value: number | undefined): { [N in Name]?: number } {
  return value === undefined ? {} : ({ [name]: value } as { [N in Name]: number });
}
