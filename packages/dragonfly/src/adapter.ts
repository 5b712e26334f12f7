import type { CacheAdapter } from '@tasker-cache/core/adapter';
import { type RedisAdapterOptions, redisAdapter } from '@tasker-cache/redis';

/** The options of `redisAdapter`; `name` defaults to `dragonfly`. */
export type DragonflyAdapterOptions = RedisAdapterOptions;

/**
 * The Redis adapter under Dragonfly's name. Warns once when the server is another product, because
 * then what this package documents does not hold.
 * Throws a `CacheError` with `CACHE_CONFIG_INVALID` when the options do not make sense.
 */
export function dragonflyAdapter(options: DragonflyAdapterOptions = {}): CacheAdapter {
  const { logger, name = 'dragonfly', onServer } = options;
  let isReported = false;
  return redisAdapter({
    ...options,
    name,
    onServer: (server) => {
      onServer?.(server);
      const { product, version } = server;
      if (isReported || product === 'dragonfly' || product === 'unknown') return;
      isReported = true;
      logger?.warn({ backend: name, server: product, version }, 'The server is not Dragonfly');
    },
  });
}
