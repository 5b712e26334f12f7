import { startServer } from '@tasker-cache/conformance';
import { consoleLogger, openCache } from '@tasker-cache/core';
import { redis } from '@tasker-cache/redis';
import { Redis } from 'ioredis';
import { type Contest, compare, concurrently } from './compare.ts';

const value = { id: 'x', text: 'a'.repeat(1000), n: 1 };
const text = JSON.stringify(value);
const keys = Array.from({ length: 100 }, (_, n) => `k${n}`);
const fullKeys = keys.map((key) => `tasker:generic:${key}`);

await using server = await startServer('redis-8.0');
await using cache = await openCache(
  { backend: 'redis', settings: { url: server.url }, operationTimeoutMs: 5000 },
  { adapters: [redis], logger: consoleLogger('warn'), required: true },
);
const region = cache.region<typeof value>('generic');
const raw = new Redis(server.url);
await Promise.all(keys.map((key) => region.set(key, value)));

const rawGet = async (n: number): Promise<unknown> => {
  const reply = await raw.get(fullKeys[n % 100] as string);
  return reply === null ? undefined : JSON.parse(reply);
};
const rawMget = async (): Promise<unknown> =>
  (await raw.mget(fullKeys)).map((reply) => (reply === null ? undefined : JSON.parse(reply)));

const contests: readonly Contest[] = [
  {
    name: 'get 1 KiB, sequential',
    goal: 0.95,
    operations: 500,
    ours: concurrently(1, (n) => region.get(keys[n % 100] as string)),
    theirs: concurrently(1, rawGet),
  },
  {
    name: 'get 1 KiB, concurrency 64',
    goal: 1.7,
    operations: 5000,
    ours: concurrently(64, (n) => region.get(keys[n % 100] as string)),
    theirs: concurrently(64, rawGet),
  },
  {
    name: 'getMany(100) against MGET',
    goal: 0.95,
    operations: 100,
    ours: concurrently(1, () => region.getMany(keys)),
    theirs: concurrently(1, rawMget),
  },
];

console.log(
  `\n${server.target} ${server.version}, ${text.length} bytes a value, against ioredis + JSON`,
);
process.exitCode = (await compare(contests)) ? 0 : 1;
raw.disconnect();
