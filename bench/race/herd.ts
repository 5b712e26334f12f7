// Cold reads of one key at once, and how often a hit and a miss ask the server.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Server, startServer } from '@tasker-cache/conformance';
import { consoleLogger, openCache } from '@tasker-cache/core';
import { memcached } from '@tasker-cache/memcached';
import { redis } from '@tasker-cache/redis';
import { Child } from './child.ts';
import type { Course } from './race.ts';
import { type Statement, statement } from './statement.ts';
import { countTurns } from './turns.ts';

const loadMs = 200;
const allowanceMs = 100;
const rounds = 5;
/** Processes, and reads that each of them begins at once. */
const herds = [
  [1, 1000],
  [4, 250],
] as const;
const sampleSize = 200;

/** Resolves to what a server's herds and round trips have to show. */
export async function herd(course: Course): Promise<readonly Statement[]> {
  await using server = await startServer(course.server, { how: 'own' });
  console.log(`\n${server.target} (${server.version})`);
  const statements: Statement[] = [];
  for (const [processes, reads] of herds) {
    statements.push(...(await stampede(course, server.url, processes, reads)));
  }
  statements.push(...(await roundTrips(course, server)));
  return statements;
}

async function stampede(
  { adapter }: Course,
  url: string,
  processes: number,
  reads: number,
): Promise<Statement[]> {
  let loads = 0;
  const load = async (): Promise<string> => {
    loads++;
    await sleep(loadMs);
    return 'loaded';
  };
  const prefix = `herd-${process.pid}-${processes}`;
  const children = Array.from({ length: processes }, (_, index) => {
    const options = { name: `${prefix}-${index}`, backend: adapter, url, prefix };
    return new Child('herd-reader.ts', options, { load });
  });
  try {
    await Promise.all(children.map(({ ask }) => ask('ready')));
    const slowest: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const run = ({ ask }: Child) => ask<number>('read', { key: `cold-${round}`, reads });
      slowest.push(Math.max(...(await Promise.all(children.map(run)))));
    }
    const what = `${processes} × ${reads} cold reads of one key, ${rounds} rounds`;
    const late = slowest.map((ms) => Math.round(ms - loadMs)).sort((a, b) => a - b);
    const median = late[(rounds - 1) / 2] as number;
    const worst = late.at(-1) as number;
    return [
      statement(`${what}: ${loads / rounds} loads a round, at most 1`, loads === rounds),
      statement(
        `The last answer came ${worst} ms after the loader's time, at most ${allowanceMs} ` +
          `(the worst of the rounds; the median took ${median})`,
        worst <= allowanceMs,
      ),
    ];
  } finally {
    await Promise.all(children.map((child) => child.end()));
  }
}

async function roundTrips(
  { adapter }: Course,
  server: Pick<Server, 'host' | 'port' | 'url'>,
): Promise<Statement[]> {
  await using counter = await countTurns(server);
  const url = new URL(server.url);
  url.port = `${counter.port}`;
  const keyPrefix = `herd-${process.pid}-trips`;
  await using cache = await openCache(
    { backend: adapter, keyPrefix, settings: { url: url.href } },
    { adapters: [redis, memcached], logger: consoleLogger('silent'), required: true },
  );
  const region = cache.region('templates');
  const stores = () => cache.stats().regions.templates?.stores ?? 0;
  /** One at a time, each followed by its store. */
  const perRead = async (read: (key: string) => Promise<unknown>, storing: boolean) => {
    const before = counter.turns;
    for (let n = 0; n < sampleSize; n++) {
      const after = stores() + (storing ? 1 : 0);
      await read(`key-${n}`);
      while (stores() < after) await sleep(0);
    }
    return (counter.turns - before) / sampleSize;
  };
  const miss = await perRead((key) => region.getOrLoad(key, () => 'loaded'), true);
  const hit = await perRead((key) => region.getOrLoad(key, () => 'loaded'), false);
  const naive = await perRead(async (key) => {
    if ((await region.get(`naive-${key}`)) === undefined)
      await region.set(`naive-${key}`, 'loaded');
  }, true);
  return [
    statement(`A hit takes ${hit} round trips, at most 1`, hit <= 1),
    statement(
      `A miss takes ${miss} round trips, GET and SET ${naive}: at most 2 more`,
      miss <= naive + 2,
    ),
  ];
}
