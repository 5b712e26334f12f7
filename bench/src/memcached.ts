import { startServer } from '@tasker-cache/conformance';
import { consoleLogger, openCache } from '@tasker-cache/core';
import { memcached } from '@tasker-cache/memcached';
import { Client } from 'memjs';
import { type Contest, compare, concurrently } from './compare.ts';

const value = { id: 'x', text: 'a'.repeat(1000), n: 1 };
const text = JSON.stringify(value);
const keys = Array.from({ length: 100 }, (_, n) => `k${n}`);
const fullKeys = keys.map((key) => `tasker:generic:${key}`);

await using server = await startServer('memcached-1.6.45');
await using cache = await openCache(
  { backend: 'memcached', settings: { url: server.url }, operationTimeoutMs: 5000 },
  { adapters: [memcached], logger: consoleLogger('warn'), required: true },
);
const region = cache.region<typeof value>('generic');
const raw = Client.create(`${server.host}:${server.port}`, { timeout: 5 });
await Promise.all(keys.map((key) => region.set(key, value)));

const rawGet = async (key: string): Promise<unknown> => {
  const { value: reply } = await raw.get(key);
  return reply === null ? undefined : JSON.parse(reply.toString());
};

const contests: readonly Contest[] = [
  {
    name: 'get 1 KiB, sequential',
    goal: 0.95,
    operations: 2000,
    ours: concurrently(1, (n) => region.get(keys[n % 100] as string)),
    theirs: concurrently(1, (n) => rawGet(fullKeys[n % 100] as string)),
  },
  {
    name: 'get 1 KiB, concurrency 64',
    goal: 0.95,
    operations: 20_000,
    ours: concurrently(64, (n) => region.get(keys[n % 100] as string)),
    theirs: concurrently(64, (n) => rawGet(fullKeys[n % 100] as string)),
  },
  {
    name: 'getMany(100) against 100 gets',
    goal: 1.4,
    operations: 200,
    ours: concurrently(1, () => region.getMany(keys)),
    theirs: concurrently(1, () => Promise.all(fullKeys.map(rawGet))),
  },
];

console.log(
  `\n${server.target} ${server.version}, ${text.length} bytes a value, against memjs + JSON`,
);
process.exitCode = (await compare(contests)) ? 0 : 1;
raw.close();
