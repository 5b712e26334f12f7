import type { AdapterDefinition, Scope } from './adapter.ts';
import { Cache } from './cache.ts';
import { type CacheError, toCacheError } from './errors.ts';
import { Guard } from './guard.ts';
import { locateAdapter } from './locate.ts';
import { consoleLogger, type Logger } from './logger.ts';
import { noop } from './noop.ts';
import { type CacheConfig, type ResolvedSettings, resolveSettings } from './settings.ts';
import { Lifecycle } from './status.ts';

export interface OpenOptions {
  /** Adapters to use before the registered ones. */
  readonly adapters?: readonly AdapterDefinition[];
  /** Default: `consoleLogger()`, INFO and above on standard error. A pino instance fits. */
  readonly logger?: Logger;
  /** `true`: reject instead of falling back to NoOp. Default `false`. */
  readonly required?: boolean;
  /** Where `config.module` is looked up. Default: the working directory. */
  readonly applicationFolder?: string;
}

const fallingBack = 'falling back to NoOp cache (graceful degradation)';

/**
 * Opens a cache. Never rejects unless `required` is set: a configuration that is wrong (a rejected
 * promise too, so pass `loadConfig(…)` without `await`), an adapter that is missing or a backend that
 * is away give a cache that always misses, and one WARN line. A backend that is away is probed for,
 * and used when it appears. Waits at most `connectionTimeoutMs` for it.
 */
export async function openCache(
  config: CacheConfig | PromiseLike<CacheConfig>,
  options: OpenOptions = {},
): Promise<Cache> {
  const { logger = consoleLogger(), required = false } = options;
  try {
    return await open(await config, options, logger);
  } catch (thrown) {
    const error = toCacheError(thrown, 'none', 'open');
    if (required) throw error;
    logger.warn(
      { code: error.code, reason: error.message },
      `${titles[error.code] ?? 'Cannot open the cache'}, ${fallingBack}`,
    );
    return disabledCache(logger, error.message, true);
  }
}

const titles: Partial<Record<CacheError['code'], string>> = {
  CACHE_CONFIG_INVALID: 'Invalid cache configuration',
  CACHE_ADAPTER_MISSING: 'Cache adapter not found',
};

async function open(config: CacheConfig, options: OpenOptions, logger: Logger): Promise<Cache> {
  for (const warning of config.warnings ?? []) logger.warn({}, warning);
  const settings = resolveSettings(config);
  if (config.enabled === false) {
    logger.info({}, 'Distributed cache disabled by configuration');
    return disabledCache(logger, 'enabled = false', false, settings);
  }
  const folder = options.applicationFolder ?? process.cwd();
  const definition = await locateAdapter(config, options.adapters ?? [], folder);
  const { maxValueBytes } = settings;
  const context = { settings: config.settings ?? {}, maxValueBytes, logger };
  const adapter = await definition.create(context);
  const { name: backend, scope } = adapter;
  const guard = new Guard(adapter, settings, logger);
  const lifecycle = new Lifecycle();
  const begin = () => {
    lifecycle.change('ready');
    logger.info({ backend, ...definition.startupFields?.(context) }, startMessage(scope));
  };
  try {
    await guard.connect();
    begin();
  } catch (thrown) {
    const error = toCacheError(thrown, backend, 'ping');
    // Nothing probes for a backend inside this process: it will not come by itself.
    if (options.required || scope !== 'shared') {
      await guard.close();
      throw error;
    }
    const { code, message: reason } = error;
    const message = `Failed to connect to ${definition.title}, ${fallingBack}`;
    logger.warn({ backend, code, reason }, message);
    lifecycle.change('waiting', reason);
    guard.breaker?.hold(begin);
  }
  return new Cache(guard, settings, lifecycle, logger);
}

function disabledCache(
  logger: Logger,
  reason: string,
  failed: boolean,
  settings: ResolvedSettings = resolveSettings({ backend: 'noop' }),
): Cache {
  const lifecycle = new Lifecycle();
  lifecycle.change('disabled', reason);
  lifecycle.failed = failed;
  return new Cache(new Guard(noop, settings, logger), settings, lifecycle, logger);
}

function startMessage(scope: Scope): string {
  return scope === 'process'
    ? 'In-memory cache provider initialized'
    : 'Distributed cache provider initialized successfully';
}
