// An application imports the one adapter that it uses. This one runs on any of them.
import '@tasker-cache/dragonfly';
import '@tasker-cache/memcached';
import '@tasker-cache/memory';
import '@tasker-cache/redis';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '@tasker-cache/config';
import { type Cache, type Logger, openCache } from '@tasker-cache/core';

const configFile = fileURLToPath(new URL('../tasker.toml', import.meta.url));

/** Opens the cache that Tasker's configuration describes: orchestrator and workers read one file. */
export function openTaskerCache(logger: Logger): Promise<Cache> {
  return openCache(loadConfig(configFile), { logger });
}
