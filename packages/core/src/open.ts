import type { AdapterDefinition, CacheAdapter } from './adapter.ts';
import { Cache } from './cache.ts';
import { type CacheError, toCacheError } from './errors.ts';
import { Guard } from './guard.ts';
import { locateAdapter } from './locate.ts';
import { consoleLogger, type Logger } from './logger.ts';
import { noopAdapter } from './noop.ts';
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
    return disabledCache(logger, new Lifecycle('disabled', error.message, true));
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
    return disabledCache(logger, new Lifecycle('disabled', 'enabled = false'), settings);
  }
  const folder = options.applicationFolder ?? process.cwd();
  const definition = await locateAdapter(config, options.adapters ?? [], folder);
  const context = { settings: config.settings ?? {}, logger };
  const adapter = await definition.create(context);
  const announce = () => logStart(adapter, definition.startupFields?.(context) ?? {}, logger);
  return connect(adapter, definition.title, settings, options, logger, announce);
}

async function connect(
  adapter: CacheAdapter,
  title: string,
  settings: ResolvedSettings,
  { required = false }: OpenOptions,
  logger: Logger,
  announce: () => void,
): Promise<Cache> {
  const guard = new Guard(adapter, settings, logger);
  try {
    await guard.connect();
    announce();
    return new Cache(guard, settings, new Lifecycle('ready'), logger);
  } catch (thrown) {
    const error = toCacheError(thrown, adapter.name, 'ping');
    // Nothing probes for a backend inside this process: it will not come by itself.
    if (required || adapter.scope !== 'shared') {
      await guard.close();
      throw error;
    }
    const fields = { backend: adapter.name, code: error.code, reason: error.message };
    logger.warn(fields, `Failed to connect to ${title}, ${fallingBack}`);
    const lifecycle = new Lifecycle('waiting', error.message);
    guard.hold(() => {
      lifecycle.change('ready');
      announce();
    });
    return new Cache(guard, settings, lifecycle, logger);
  }
}

function disabledCache(
  logger: Logger,
  lifecycle: Lifecycle,
  settings: ResolvedSettings = resolveSettings({ backend: 'noop' }),
): Cache {
  return new Cache(new Guard(noopAdapter(), settings, logger), settings, lifecycle, logger);
}

function logStart(adapter: CacheAdapter, fields: object, logger: Logger): void {
  const message =
    adapter.scope === 'process'
      ? 'In-memory cache provider initialized'
      : 'Distributed cache provider initialized successfully';
  logger.info({ backend: adapter.name, ...fields }, message);
}
