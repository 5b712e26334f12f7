import { startServer } from '@tasker-cache/conformance';
import { consoleLogger, openCache } from '@tasker-cache/core';
import { memcached, memcachedAdapter } from '@tasker-cache/memcached';
import { Client } from 'memjs';
import { type Contest, compare, concurrently } from './compare.ts';

const value = { id: 'x', text: 'a'.repeat(1000), n: 1 };
const text = JSON.stringify(value);
const keys = Array.from({ length: 100 }, (_, n) => `k${n}`);
const fullKeys = keys.map((key) => `tasker:generic:${key}`);

// One worker thread: with several, the thread that a connection happens to get decides up to 4 : 1.
await using server = await startServer('memcached-1.6.45', { args: ['--threads', '1'] });
await using cache = await openCache(
  { backend: 'memcached', settings: { url: server.url }, operationTimeoutMs: 5000 },
  { adapters: [memcached], logger: consoleLogger('warn'), required: true },
);
const region = cache.region<typeof value>('generic');
const adapter = memcachedAdapter({ url: server.url });
const raw = Client.create(`${server.host}:${server.port}`, { timeout: 5 });
await Promise.all(keys.map((key) => region.set(key, value)));

const parsed = (reply: string | undefined): unknown =>
  reply === undefined ? undefined : JSON.parse(reply);
const keyAt = (all: readonly string[], n: number): string => all[n % all.length] as string;
const rawGet = async (key: string): Promise<unknown> =>
  parsed((await raw.get(key)).value?.toString());

/** The adapter with `JSON.parse`, and a region, which adds deadline, breaker and the value checks. */
const ours = {
  adapter: {
    get: async (n: number) => parsed(await adapter.get(keyAt(fullKeys, n))),
    getMany: async () => (await adapter.getMany?.(fullKeys))?.map(parsed),
  },
  region: {
    get: (n: number) => region.get(keyAt(keys, n)),
    getMany: () => region.getMany(keys),
  },
};

const contests = Object.entries(ours).flatMap(([name, { get, getMany }]): Contest[] => [
  {
    name: `${name}: get, sequential`,
    goal: 0.95,
    operations: 500,
    ours: concurrently(1, get),
    theirs: concurrently(1, (n) => rawGet(keyAt(fullKeys, n))),
  },
  {
    name: `${name}: get, concurrency 64`,
    goal: 0.95,
    operations: 5000,
    ours: concurrently(64, get),
    theirs: concurrently(64, (n) => rawGet(keyAt(fullKeys, n))),
  },
  {
    name: `${name}: getMany(100)`,
    goal: 1.4,
    operations: 100,
    ours: concurrently(1, getMany),
    theirs: concurrently(1, () => Promise.all(fullKeys.map(rawGet))),
  },
]);

console.log(
  `\n${server.target} ${server.version}, ${text.length} bytes a value, against memjs + JSON`,
);
process.exitCode = (await compare(contests)) ? 0 : 1;
raw.close();
await adapter.close();
