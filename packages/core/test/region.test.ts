import { expect, test } from 'vitest';
import { type CacheConfig, openCache } from '../src/index.ts';
import {
  define,
  newStore,
  recordingLogger,
  scriptedAdapter,
  unavailable,
} from './scripted-adapter.ts';

const config: CacheConfig = {
  backend: 'scripted',
  operationTimeoutMs: 50,
  circuitBreaker: { timeoutMs: 100 },
};

async function open(store = newStore(), overrides: Partial<CacheConfig> = {}) {
  const logger = recordingLogger();
  const adapter = scriptedAdapter(store);
  const cache = await openCache(
    { ...config, ...overrides },
    { adapters: [define(adapter)], logger },
  );
  store.calls.length = 0;
  return { cache, store, logger, adapter };
}

test('a hit costs one get, and a miss is undefined', async () => {
  const { cache, store } = await open();
  const region = cache.region<{ n: number }>('generic');
  expect(await region.get('a')).toBeUndefined();
  await region.set('a', { n: 1 });
  expect(await region.get('a')).toEqual({ n: 1 });
  expect(store.calls).toEqual([
    'get tasker:generic:a',
    'set tasker:generic:a',
    'get tasker:generic:a',
  ]);
  await cache.close();
});

test('identical reads of one tick share one command, and a delete between them ends that', async () => {
  const { cache, store } = await open();
  const region = cache.region('generic');
  await Promise.all([region.get('a'), region.get('a'), region.get('b')]);
  expect(store.calls).toEqual(['get tasker:generic:a', 'get tasker:generic:b']);
  await region.set('a', 1);
  const before = region.get('a');
  await region.delete('a');
  expect(await region.get('a')).toBeUndefined();
  await before;
  await cache.close();
});

test('1,000 cold reads run one load, and a failing load is told to all and not cached', async () => {
  const { cache } = await open();
  const region = cache.region<number>('templates');
  let loads = 0;
  const load = async () => {
    loads++;
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (loads === 1) throw new Error('database away');
    return 7;
  };
  const first = await Promise.allSettled(
    Array.from({ length: 1000 }, () => region.getOrLoad('a', load)),
  );
  expect(new Set(first.map(({ status }) => status))).toEqual(new Set(['rejected']));
  expect(loads).toBe(1);
  const second = await Promise.all(Array.from({ length: 1000 }, () => region.getOrLoad('a', load)));
  expect(new Set(second)).toEqual(new Set([7]));
  expect(loads).toBe(2);
  await cache.close();
});

test('four processes load once', async () => {
  const store = newStore();
  const caches = await Promise.all(Array.from({ length: 4 }, () => open(store)));
  let loads = 0;
  const load = async () => {
    loads++;
    await new Promise((resolve) => setTimeout(resolve, 30));
    return 'value';
  };
  const reads = caches.flatMap(({ cache }) => {
    const region = cache.region<string>('templates');
    return Array.from({ length: 250 }, () => region.getOrLoad('a', load));
  });
  expect(new Set(await Promise.all(reads))).toEqual(new Set(['value']));
  expect(loads).toBe(1);
  await Promise.all(caches.map(({ cache }) => cache.close()));
});

test('a value loaded before an invalidation is neither stored nor handed to a later reader', async () => {
  const { cache, store } = await open();
  const region = cache.region<string>('templates');
  const slow = Promise.withResolvers<string>();
  const early = region.getOrLoad('a', () => slow.promise);
  await expect.poll(() => [...store.entries.keys()]).toEqual(['tasker:template:a']);
  expect(await region.delete('a')).toEqual({ confirmed: true });
  const late = region.getOrLoad('a', async () => 'new');
  expect(await late).toBe('new');
  slow.resolve('old');
  expect(await early).toBe('old');
  expect(await region.get('a')).toBe('new');
  expect(cache.stats().regions.templates?.refusedFills).toBe(1);
  await cache.close();
});

test('an undelivered invalidation makes its keys miss, and is replayed before the circuit closes', async () => {
  const { cache, store, logger } = await open();
  const region = cache.region<string>('templates');
  await region.set('a', 'old');
  await region.set('b', 'kept');
  store.fault = unavailable;
  expect(await region.delete('a')).toEqual({ confirmed: false });
  expect(cache.status().undeliveredInvalidations).toBe(1);
  for (let calls = 0; calls < 5; calls++) await region.get(calls);
  expect(cache.status().breaker).toBe('open');
  expect(await region.deletePrefix(['x'])).toEqual({ confirmed: false });
  store.fault = () => undefined;
  store.calls.length = 0;
  await expect.poll(() => cache.status().breaker).toBe('closed');
  const replayed = store.calls.filter((call) => call.startsWith('delete'));
  expect(replayed).toEqual(['delete tasker:template:a', 'deletePrefix tasker:template:x:']);
  expect(store.calls.findIndex((call) => call.startsWith('get'))).toBe(-1);
  expect(await region.get('a')).toBeUndefined();
  expect(await region.get('b')).toBe('kept');
  expect(logger.lines.map(({ level, message }) => `${level} ${message}`)).toEqual(
    expect.arrayContaining([
      'error Circuit breaker opened (failing fast)',
      'info Circuit breaker half-open (testing recovery)',
      'info Undelivered invalidations replayed',
      'info Circuit breaker closed (recovered)',
    ]),
  );
  await cache.close();
});

test('a refused delete is delivered later although the circuit stays closed', async () => {
  const { cache, store } = await open();
  const region = cache.region<string>('templates');
  await region.set('a', 'old');
  let refusals = 1;
  store.fault = (operation) =>
    operation === 'delete' && refusals-- > 0 ? Promise.reject(new Error('READONLY')) : undefined;
  expect(await region.delete('a')).toEqual({ confirmed: false });
  expect(await region.get('a')).toBeUndefined();
  await expect.poll(() => cache.status().undeliveredInvalidations, { timeout: 5000 }).toBe(0);
  expect(store.entries.has('tasker:template:a')).toBe(false);
  await cache.close();
});

test('poison reads as a miss, is logged without its text, and the next load replaces it', async () => {
  const { cache, store, logger } = await open();
  store.entries.set('tasker:template:a', 'secret{');
  const region = cache.region<string>('templates');
  expect(await region.getOrLoad('a', async () => 'good')).toBe('good');
  await expect.poll(() => store.entries.get('tasker:template:a')).toBe('"good"');
  expect(logger.lines.filter(({ level }) => level === 'warn')).toMatchObject([
    { fields: { key: 'tasker:template:a', code: 'CACHE_VALUE_INVALID' } },
  ]);
  expect(JSON.stringify(logger.lines)).not.toContain('secret');
  await cache.close();
});

test('getMany keeps the order, with misses, poison and invalid keys in between', async () => {
  const { cache } = await open();
  const region = cache.region<number>('generic');
  await region.set(['a', 'b'], 1);
  await region.set('c', 3);
  expect(await region.getMany([['a', 'b'], '', 'miss', 'c'])).toEqual([1, undefined, undefined, 3]);
  await cache.close();
});

test('while the backend hangs, a read costs one deadline and then nothing', async () => {
  const { cache, store, adapter } = await open();
  const region = cache.region<number>('templates');
  store.fault = () => new Promise(() => {});
  const started = performance.now();
  await Promise.all(Array.from({ length: 20 }, (_, n) => region.getOrLoad(n, async () => n)));
  expect(performance.now() - started).toBeLessThan(2 * 50 + 100);
  expect(adapter.recycled).toBe(1);
  expect(cache.status().breaker).toBe('open');
  store.calls.length = 0;
  expect(await region.getOrLoad('z', async () => 26)).toBe(26);
  expect(store.calls).toEqual([]);
  await cache.close();
});
