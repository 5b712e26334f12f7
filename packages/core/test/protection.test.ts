import { expect, test } from 'vitest';
import { type CacheConfig, openCache, type ReadOutcome } from '../src/index.ts';
import {
  define,
  newStore,
  recordingLogger,
  scriptedAdapter,
  unavailable,
} from './scripted-adapter.ts';

async function open(overrides: Partial<CacheConfig> = {}) {
  const store = newStore();
  const logger = recordingLogger();
  const config = { backend: 'scripted', operationTimeoutMs: 50, ...overrides };
  const cache = await openCache(config, { logger, adapters: [define(scriptedAdapter(store))] });
  const outcomes: ReadOutcome[] = [];
  const onRead = (outcome: ReadOutcome) => outcomes.push(outcome);
  return { store, logger, cache, outcomes, onRead };
}

const fails = () => Promise.reject(new Error('database away'));

test('with a grace, a failing loader is answered with the last good value, logged once', async () => {
  const { store, logger, cache, outcomes, onRead } = await open({ graceMs: 60_000 });
  const region = cache.region<number>('analytics', { onRead });
  await region.getOrLoad('a', () => 1);
  store.entries.clear();
  expect(await region.getOrLoad('a', fails)).toBe(1);
  store.entries.clear();
  expect(await region.getOrLoad('a', fails)).toBe(1);
  expect(outcomes).toEqual(['miss', 'miss', 'stale', 'miss', 'stale']);
  const warnings = logger.lines.filter(({ level }) => level === 'warn');
  expect(warnings).toMatchObject([{ message: 'Serving the last good value' }]);
  expect(cache.stats().regions.analytics?.stale).toBe(2);
  await expect(region.getOrLoad('b', fails)).rejects.toThrow('database away');
  await cache.close();
});

test('with a grace, a slow loader is answered for, and its value is cached when it comes', async () => {
  const { store, cache } = await open({ graceMs: 60_000, loads: { slowLoadMs: 20 } });
  const region = cache.region<number>('analytics');
  await region.getOrLoad('a', () => 1);
  store.entries.clear();
  const slow = Promise.withResolvers<number>();
  expect(await region.getOrLoad('a', () => slow.promise)).toBe(1);
  slow.resolve(2);
  await expect.poll(() => store.entries.get('tasker:analytics:a')).toBe('2');
  await cache.close();
});

test('with a grace, an outage costs one load per TTL, and an invalidation ends the grace', async () => {
  const { store, cache } = await open({ graceMs: 60_000 });
  const region = cache.region<number>('analytics');
  store.fault = unavailable;
  let loads = 0;
  const load = () => ++loads;
  for (let calls = 0; calls < 100; calls++) expect(await region.getOrLoad('a', load)).toBe(1);
  expect(loads).toBe(1);
  await region.delete('a');
  expect(await region.getOrLoad('a', load)).toBe(2);
  await cache.close();
});

test('with a grace, a value that another process loaded counts as a last good one', async () => {
  const { store, cache } = await open({ graceMs: 60_000 });
  const region = cache.region<number>('analytics');
  store.entries.set('tasker:analytics:a', '5');
  expect(await region.getOrLoad('a', fails)).toBe(5);
  store.fault = unavailable;
  expect(await region.getOrLoad('a', fails)).toBe(5);
  await cache.close();
});

test('without a grace, and for templates always, a failing loader fails', async () => {
  const { store, cache } = await open();
  for (const usage of ['analytics', 'templates']) {
    const region = cache.region<number>(usage);
    await region.getOrLoad('a', () => 1);
    store.entries.clear();
    await expect(region.getOrLoad('a', fails)).rejects.toThrow('database away');
  }
  await cache.close();
});

test('"there is none" is remembered only where a TTL for it is given', async () => {
  const { store, cache } = await open();
  let loads = 0;
  const none = async () => {
    loads++;
    return undefined;
  };
  const forgetful = cache.region<number>('templates');
  await forgetful.getOrLoad('a', none);
  await forgetful.getOrLoad('a', none);
  expect(loads).toBe(2);
  expect(store.entries.has('tasker:template:a')).toBe(false);
  const remembering = cache.region<number>('templates', { negativeTtlMs: 1000 });
  expect(await remembering.getOrLoad('a', none)).toBeUndefined();
  await expect.poll(() => store.entries.get('tasker:template:a')).toBe('!nothing');
  expect(await remembering.getOrLoad('a', none)).toBeUndefined();
  expect(await remembering.get('a')).toBeUndefined();
  expect(loads).toBe(3);
  await cache.close();
});

test('jitter only shortens a TTL, within its part', async () => {
  const { store, cache } = await open({ ttlJitter: 0.2, ttlMs: { generic: 1000 } });
  const region = cache.region<number>('generic');
  for (let n = 0; n < 200; n++) await region.set(n, n);
  expect(Math.min(...store.ttlsMs)).toBeGreaterThan(800 - 1e-9);
  expect(Math.max(...store.ttlsMs)).toBeLessThanOrEqual(1000);
  expect(new Set(store.ttlsMs).size).toBeGreaterThan(100);
  await cache.close();
});

test('an entry that is another key’s drops the connection', async () => {
  const { CacheError } = await import('../src/index.ts');
  const store = newStore();
  const adapter = scriptedAdapter(store);
  const cache = await openCache(
    { backend: 'scripted' },
    { logger: recordingLogger(), adapters: [define(adapter)] },
  );
  const codec = {
    encode: (value: string) => value,
    decode: (text: string): string => {
      if (text === 'mine') return text;
      throw new CacheError('CACHE_VALUE_MISPLACED', 'the entry names another key');
    },
  };
  const region = cache.region<string>('templates', { codec });
  store.entries.set('tasker:template:a', "my neighbour's");
  expect(await region.getOrLoad('a', () => 'mine')).toBe('mine');
  expect(adapter.recycled).toBe(1);
  await expect.poll(() => store.entries.get('tasker:template:a')).toBe('mine');
  await cache.close();
});

test("stats count what happened, and a custom context's scopes are honoured", async () => {
  const { cache } = await open();
  const usage = {
    name: 'sessions',
    segment: 'session',
    label: 'session',
    scopes: ['shared'] as const,
    toleratesStaleness: false,
  };
  const region = cache.region<number>(usage);
  await region.getOrLoad('a', () => 1);
  await region.get('a');
  await region.delete('a');
  expect(cache.stats().regions.sessions).toMatchObject({
    hits: 1,
    misses: 1,
    loads: 1,
    stores: 1,
    invalidations: 1,
  });
  await cache.close();
});

test('a value that cannot be stored is returned, and its lease does not stay behind', async () => {
  const { store, cache } = await open({ maxValueBytes: 10 });
  const region = cache.region<string>('templates');
  expect(await region.getOrLoad('a', () => 'x'.repeat(20))).toBe('x'.repeat(20));
  await expect.poll(() => store.entries.size).toBe(0);
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  expect(await cache.region<object>('templates').getOrLoad('a', () => cyclic)).toBe(cyclic);
  await expect.poll(() => store.entries.size).toBe(0);
  await cache.close();
});

test.each(['lease', 'fill'])('a %s whose answer is lost leaves no lease behind', async (lost) => {
  const { store, cache } = await open({ loads: { leaseWaitMs: 20_000 } });
  const region = cache.region<number>('templates');
  const { fault } = store;
  // The operation takes effect, and the answer never comes.
  store.fault = (operation, key) => {
    if (operation !== lost) return undefined;
    if (lost === 'lease') store.entries.set(key, '!lease:lost');
    return new Promise(() => {});
  };
  expect(await region.getOrLoad('a', () => 1)).toBe(1);
  await expect.poll(() => cache.status().undeliveredInvalidations).toBe(1);
  expect(store.entries.has('tasker:template:a')).toBe(true);
  store.fault = fault;
  await expect.poll(() => cache.status().undeliveredInvalidations, { timeout: 5000 }).toBe(0);
  expect(store.entries.has('tasker:template:a')).toBe(false);
  expect(await region.getOrLoad('a', () => 2)).toBe(2);
  await expect.poll(() => store.entries.get('tasker:template:a')).toBe('2');
  await cache.close();
});

test('what a distrusted connection rejects is no outage', async () => {
  const { CacheError } = await import('../src/index.ts');
  const { store, cache } = await open();
  const decode = (): string => {
    throw new CacheError('CACHE_VALUE_MISPLACED', 'the entry names another key');
  };
  const region = cache.region<string>('generic', { codec: { encode: String, decode } });
  store.entries.set('tasker:generic:mine', 'theirs');
  const cut = Promise.withResolvers<void>();
  store.fault = (_, key) => (key.endsWith('mine') ? undefined : cut.promise);
  const pending = Array.from({ length: 10 }, (_, n) => region.get(n));
  await region.get('mine');
  cut.reject(new CacheError('CACHE_UNAVAILABLE', 'the connection was dropped'));
  await Promise.all(pending);
  expect(cache.status().breaker).toBe('closed');
  await cache.close();
});
