import { type Cache, CacheError, type Codec, jsonCodec, openCache } from '@tasker-cache/core';
import { memcached } from '@tasker-cache/memcached';
import { redis } from '@tasker-cache/redis';
import { AnalyticsCache, TemplateCache } from '@tasker-cache/tasker';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  rustBottlenecks,
  rustPerformance,
  rustTemplate,
} from '../packages/tasker/test/from-rust.ts';
import { type RedisStore, type Store, startMemcached, startRedis } from './stores.ts';

const maxValueBytes = 400_000;

/** One way to read through a cache, and what is right there. */
interface Reader {
  readonly key: string;
  /** JSON. */
  readonly right: string;
  /** Sound JSON that belongs under another key. */
  readonly misplaced: string;
  read(cache: Cache, load: () => unknown): Promise<unknown>;
}

interface Owned {
  readonly owner: string;
}

/** What an application does whose values say whose they are. */
const ownedCodec: Codec<Owned> = {
  encode: (value, key) => jsonCodec.encode(value, key),
  decode(text, key) {
    const { owner } = jsonCodec.decode(text, key) as Partial<Owned>;
    if (typeof owner !== 'string') throw new TypeError('It has no owner');
    if (owner !== key) throw new CacheError('CACHE_VALUE_MISPLACED', 'It has another owner');
    return { owner };
  },
};

const readers: Readonly<Record<string, Reader>> = {
  template: {
    key: 'tasker:template:payments:charge:1.2.0',
    right: rustTemplate,
    misplaced: rustTemplate.replace('1.2.0', '1.3.0'),
    read: (cache, load) =>
      new TemplateCache(cache).get(
        { namespace: 'payments', name: 'charge', version: '1.2.0' },
        load as () => undefined,
      ),
  },
  performance: {
    key: 'tasker:analytics:performance:24',
    right: rustPerformance,
    misplaced: rustBottlenecks,
    read: (cache, load) => new AnalyticsCache(cache).performance(24, load as () => never),
  },
  bottlenecks: {
    key: 'tasker:analytics:bottlenecks:10:5',
    right: rustBottlenecks,
    misplaced: rustPerformance,
    read: (cache, load) => {
      const query = { limit: 10, minExecutions: 5 };
      return new AnalyticsCache(cache).bottlenecks(query, load as () => never);
    },
  },
  generic: {
    key: 'tasker:generic:mine',
    right: '{"owner":"mine"}',
    misplaced: '{"owner":"theirs"}',
    read: (cache, load) =>
      cache.region('generic', { codec: ownedCodec }).getOrLoad('mine', load as () => Owned),
  },
};

const poisons: Readonly<Record<string, (reader: Reader) => string | Buffer>> = {
  'an empty text': () => '',
  'truncated JSON': ({ right }) => right.slice(0, -1),
  null: () => 'null',
  'the value of another key': ({ misplaced }) => misplaced,
  'a wrong shape': () => '{"namespace":5,"total_tasks":"many","slow_steps":{},"owner":[]}',
  'a prototype': () => '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  'a list 600 deep': () => `${'['.repeat(600)}${']'.repeat(600)}`,
  '300,000 brackets': () => '['.repeat(300_000),
  'bytes that are no text': () => Buffer.from([0xff, 0xfe, 0x00, 0xc3]),
  'a sound value that is too large': ({ right }) =>
    `${right.slice(0, -1)},"padding":"${'x'.repeat(maxValueBytes)}"}`,
};

const neighbours: Readonly<Record<string, string>> = {
  'tasker:template:payments:charge:1.2.1': rustTemplate.replace('1.2.0', '1.2.1'),
  'tasker:template:payments:charge:1.2.': 'nobody knows what this is',
  'tasker:analytics:performance:2': rustPerformance,
  'tasker:generic:min': '{"owner":"min"}',
  'tasker:generic:mine:too': '{"owner":"mine:too"}',
  elsewhere: 'not ours',
};

let cache: Cache;
const lines: string[] = [];

async function open(backend: 'redis' | 'memcached', { server }: Store): Promise<void> {
  lines.length = 0;
  const line = (_: object, message: string) => lines.push(message);
  cache = await openCache(
    {
      backend,
      maxValueBytes,
      operationTimeoutMs: 5000,
      // One outage more than none would open it.
      circuitBreaker: { failureThreshold: 1 },
      settings: { url: server.url },
    },
    {
      adapters: [redis, memcached],
      logger: { debug() {}, info() {}, warn: line, error: line },
      required: true,
    },
  );
}

/** The poison lies under the reader's key: it must be a miss, and gone after a load or a few. */
async function outlive(store: Store, { key, right, read }: Reader): Promise<void> {
  const expected: unknown = JSON.parse(right);
  let loads = 0;
  const load = () => {
    loads++;
    return expected;
  };
  expect(await read(cache, load)).toEqual(expected);
  expect(loads).toBe(1);
  const loadsOfNextRead = async () => {
    const before = loads;
    expect(await read(cache, load)).toEqual(expected);
    return loads - before;
  };
  await expect.poll(loadsOfNextRead, { timeout: 5000 }).toBe(0);
  expect(JSON.parse((await store.read(key)) ?? '')).toEqual(expected);
}

async function expectUnhurt(store: Store): Promise<void> {
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(cache.status().breaker).toBe('closed');
  expect(lines.filter((line) => line.includes('Circuit breaker'))).toEqual([]);
  for (const [key, content] of Object.entries(neighbours)) {
    expect(await store.read(key), key).toBe(content);
  }
}

describe.each([
  ['redis', startRedis],
  ['memcached', startMemcached],
] as const)('poison on %s', (backend, start) => {
  let store: Store;

  beforeAll(async () => {
    store = await start();
    for (const [key, content] of Object.entries(neighbours)) await store.put(key, content);
  });
  beforeEach(() => open(backend, store));
  afterEach(() => cache?.close());
  afterAll(() => store?.server.stop());

  test.each(Object.entries(poisons))('%s is a miss, and is replaced', async (_, poisonFor) => {
    for (const reader of Object.values(readers)) {
      await store.put(reader.key, poisonFor(reader));
      await outlive(store, reader);
    }
    await expectUnhurt(store);
  });

  test('a prototype inside a sound value is data', async () => {
    for (const { key, right, read } of Object.values(readers)) {
      await store.put(key, `{"__proto__":{"polluted":1},${right.slice(1)}`);
      const value = await read(cache, () => expect.unreachable('it loaded'));
      expect(value).toMatchObject(JSON.parse(right));
      expect((value as { polluted?: unknown }).polluted).toBeUndefined();
    }
    await expectUnhurt(store);
  });

  test('a region without a codec takes any JSON, and replaces what is none', async () => {
    const region = cache.region<{ polluted?: unknown }>('generic');
    await store.put('tasker:generic:any', '{"__proto__":{"polluted":1}}');
    const value = await region.getOrLoad('any', () => expect.unreachable('it loaded'));
    expect(value.polluted).toBeUndefined();
    for (const text of ['', '{"a":', '['.repeat(300_000), 'x'.repeat(maxValueBytes + 1)]) {
      await store.put('tasker:generic:any', text);
      const read = (_: Cache, load: () => unknown) =>
        region.getOrLoad('any', load as () => { polluted?: unknown });
      await outlive(store, { key: 'tasker:generic:any', right: '{"a":1}', misplaced: '', read });
    }
    await expectUnhurt(store);
  });
});

describe('poison that memcached cannot hold, on redis', () => {
  let store: RedisStore;

  beforeAll(async () => {
    store = await startRedis();
    for (const [key, content] of Object.entries(neighbours)) await store.put(key, content);
  });
  beforeEach(() => open('redis', store));
  afterEach(() => cache?.close());
  afterAll(() => store?.server.stop());

  test.each([
    ['a list', ['RPUSH', 'one', 'two']],
    ['a hash', ['HSET', 'field', '1']],
    ['20 MB', ['SET', '['.repeat(20_000_000)]],
  ])('%s is a miss, and is replaced', async (_, [command = '', ...content]) => {
    for (const reader of Object.values(readers)) {
      await store.run('DEL', reader.key);
      await store.run(command, reader.key, ...content);
      await outlive(store, reader);
    }
    await expectUnhurt(store);
  });
});
