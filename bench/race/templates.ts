import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AdapterDefinition,
  type Cache,
  type CacheConfig,
  consoleLogger,
  type Invalidation,
  openCache,
} from '@tasker-cache/core';
import { memcached } from '@tasker-cache/memcached';
import { redis } from '@tasker-cache/redis';
import { type HandlerMetadata, TemplateCache } from '@tasker-cache/tasker';
import type { ReadEvent } from './history.ts';
import { nowUs } from './history.ts';
import type { Ask } from './ipc.ts';
import { keyPrefix, referenceOf, revisionOf } from './keys.ts';
import type { ProcessOptions } from './process-options.ts';
import type { Random } from './random.ts';

/** The slowest loader: so long lies between reading the row and returning it, at most. */
export const slowestLoadMs = 30;

const adapters: readonly AdapterDefinition[] = [redis, memcached];

/** Short times, so that many outages and lost leases fit into one race. */
export function configuration(options: ProcessOptions): CacheConfig {
  return {
    backend: options.backend,
    keyPrefix,
    ttlMs: { templates: 3_600_000 },
    operationTimeoutMs: 250,
    circuitBreaker: { timeoutMs: 500 },
    loads: { leaseMs: 2000, leaseWaitMs: 500 },
    maxUndelivered: options.maxUndelivered ?? 10_000,
    settings: { url: options.url },
  };
}

/** Resolves when the cache has reached its server: on a busy machine, not at the first attempt. */
export async function isLive({ cache }: Templates): Promise<true> {
  while (cache.status().state !== 'ready') await sleep(10);
  return true;
}

/** Reads and invalidates through the cache, as the application would. */
export interface Templates {
  readonly cache: Cache;
  /** Never rejects: a read that failed says so. */
  read(key: number): Promise<ReadEvent>;
  invalidate(key: number): Promise<Invalidation>;
  invalidateAll(): Promise<Invalidation>;
}

type Load = () => Promise<HandlerMetadata>;
type Get = (key: number, load: Load) => Promise<HandlerMetadata>;

export async function openTemplates(
  options: ProcessOptions,
  random: Random,
  ask: Ask,
): Promise<Templates> {
  const logger = consoleLogger('silent');
  const cache = await openCache(configuration(options), { adapters, logger });
  const templates = new TemplateCache(cache);
  const get: Get = options.naive
    ? naiveGet(cache)
    : (key, load) => templates.get(referenceOf(key), load);
  return {
    cache,
    invalidate: (key) => templates.invalidate(referenceOf(key)),
    invalidateAll: () => templates.invalidateAll(),
    async read(key) {
      let source: ReadEvent['source'] = 'cache';
      const startUs = nowUs();
      const load = async () => {
        source = 'load';
        const template = await ask<HandlerMetadata>('template', key);
        await sleep(random.between(0, slowestLoadMs));
        return template;
      };
      const version = await get(key, load).then(revisionOf, () => undefined);
      const { name: process } = options;
      return { kind: 'read', process, key, startUs, endUs: nowUs(), version, source };
    },
  };
}

/** Cache-aside as it is written everywhere: GET, load, SETEX. */
function naiveGet(cache: Cache): Get {
  const region = cache.region<HandlerMetadata>('templates');
  return async (key, load) => {
    const { namespace, name, version } = referenceOf(key);
    const found = await region.get([namespace, name, version]);
    if (found !== undefined) return found;
    const template = await load();
    await region.set([namespace, name, version], template);
    return template;
  };
}
