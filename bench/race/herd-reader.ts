// Begins many reads of one cold key in one tick.
import { consoleLogger, openCache } from '@tasker-cache/core';
import { memcached } from '@tasker-cache/memcached';
import { redis } from '@tasker-cache/redis';
import { connectToParent } from './parent.ts';

const { backend, url, prefix } = JSON.parse(process.argv[2] as string);

const ask = connectToParent({ ready: () => opening.then(warmUp), read });
const opening = openCache(
  { backend, keyPrefix: prefix, settings: { url } },
  { adapters: [redis, memcached], logger: consoleLogger('silent'), required: true },
);

async function warmUp(): Promise<void> {
  const cache = await opening;
  await cache.region('templates').getOrLoad(`warm-${process.pid}`, () => 'loaded');
}

/** Resolves to how long the last answer took, in milliseconds. */
async function read({ key, reads }: { key: string; reads: number }): Promise<number> {
  const region = (await opening).region<string>('templates');
  const startedMs = performance.now();
  const load = () => ask<string>('load');
  await Promise.all(Array.from({ length: reads }, () => region.getOrLoad(key, load)));
  return performance.now() - startedMs;
}
