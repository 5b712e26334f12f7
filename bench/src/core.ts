import { type CacheAdapter, type CacheConfig, consoleLogger, openCache } from '@tasker-cache/core';

/**
 * What core adds to a hit: CPU time an operation, with an adapter that answers from memory in the
 * next turn of the event loop, as a socket would.
 */
const text = JSON.stringify({ id: 'x', text: 'a'.repeat(1000), n: 1 });
const operations = 200_000;
const rounds = 7;

let waiting: (() => void)[] = [];
const answer = () => {
  const all = waiting;
  waiting = [];
  for (const resolve of all) resolve();
};
const adapter: CacheAdapter = {
  name: 'instant',
  scope: 'shared',
  limits: { ttlResolutionMs: 1, maxKeyBytes: 65_536, maxValueBytes: 1_000_000 },
  get() {
    if (waiting.length === 0) setImmediate(answer);
    return new Promise((resolve) => waiting.push(() => resolve(text)));
  },
  async set() {},
  async delete() {
    return true;
  },
  async ping() {},
  async close() {},
};
const config: CacheConfig = { backend: 'instant' };
const definition = { name: 'instant', title: 'Instant', create: () => adapter };
await using cache = await openCache(config, {
  adapters: [definition],
  logger: consoleLogger('error'),
});
const region = cache.region('generic');
const keys = Array.from({ length: 100 }, (_, n) => `k${n}`);

const costs = { bare: [] as number[], region: [] as number[] };
for (let round = 0; round < rounds; round++) {
  costs.bare.push(
    await cost(async (key) => JSON.parse((await adapter.get(`tasker:generic:${key}`)) as string)),
  );
  costs.region.push(await cost((key) => region.get(key)));
}
const [bare, ours] = [median(costs.bare), median(costs.region)];
console.log(`adapter and JSON.parse alone  ${bare.toFixed(2)} µs of CPU time an operation`);
console.log(`Region.get                    ${ours.toFixed(2)} µs`);
console.log(`core's part of a hit          ${(ours - bare).toFixed(2)} µs`);

async function cost(read: (key: string) => Promise<unknown>): Promise<number> {
  let next = 0;
  const lane = async () => {
    while (next < operations) await read(keys[next++ % keys.length] as string);
  };
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: 64 }, lane));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / operations;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}
