import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CacheConfig, CacheError, openCache } from '../src/index.ts';
import {
  define,
  newStore,
  recordingLogger,
  scriptedAdapter,
  unavailable,
} from './scripted-adapter.ts';

const degraded = 'falling back to NoOp cache (graceful degradation)';
const config: CacheConfig = {
  backend: 'scripted',
  operationTimeoutMs: 50,
  connectionTimeoutMs: 100,
  circuitBreaker: { timeoutMs: 60 },
};

async function expectWorkingNoOp(cache: Awaited<ReturnType<typeof openCache>>) {
  const region = cache.region<number>('templates');
  await region.set('a', 1);
  expect(await region.get('a')).toBeUndefined();
  let loads = 0;
  const load = async () => ++loads;
  expect(await region.getOrLoad('a', load)).toBe(1);
  expect(await region.getOrLoad('a', load)).toBe(2);
}

test.each<[string, CacheConfig | (() => Promise<CacheConfig>), string, string]>([
  [
    'a rejected configuration',
    () => Promise.reject(new CacheError('CACHE_CONFIG_INVALID', 'tasker.toml:3 is wrong')),
    `Invalid cache configuration, ${degraded}`,
    'tasker.toml:3 is wrong',
  ],
  [
    'a number out of range',
    { ...config, operationTimeoutMs: 0 },
    `Invalid cache configuration, ${degraded}`,
    'operationTimeoutMs is a number from 1 to 2147483647, got 0',
  ],
  [
    'an unknown backend',
    { backend: 'nonesuch' },
    `Cache adapter not found, ${degraded}`,
    "No adapter is registered for backend 'nonesuch'. Import its package, or name it as `module`",
  ],
  [
    'an adapter that is not installed',
    { backend: 'nonesuch', module: '@tasker-cache/nonesuch' },
    `Cache adapter not found, ${degraded}`,
    "The adapter for backend 'nonesuch' is not installed. Run: npm install @tasker-cache/nonesuch",
  ],
])('%s means NoOp and one warning', async (_name, given, message, reason) => {
  const wrong = () => (typeof given === 'function' ? given() : given);
  const logger = recordingLogger();
  const applicationFolder = await mkdtemp(join(tmpdir(), 'tasker-cache-'));
  const cache = await openCache(wrong(), { logger, applicationFolder });
  expect(logger.lines).toMatchObject([{ level: 'warn', message, fields: { reason } }]);
  expect(cache.status()).toMatchObject({ state: 'disabled', backend: 'noop', reason });
  expect(await cache.healthCheck()).toBe(false);
  expect(await cache.region('templates').delete('a')).toEqual({ confirmed: false });
  await expectWorkingNoOp(cache);
  await expect(openCache(wrong(), { logger, required: true })).rejects.toMatchObject({
    message: reason,
  });
});

test('an adapter that throws while it is created means NoOp', async () => {
  const logger = recordingLogger();
  const create = () => {
    throw new TypeError('boom');
  };
  const definition = { name: 'scripted', title: 'Scripted', create };
  const cache = await openCache(config, { logger, adapters: [definition] });
  expect(cache.status().state).toBe('disabled');
  await expectWorkingNoOp(cache);
});

test('enabled = false is said at INFO, and invalidations count as confirmed', async () => {
  const logger = recordingLogger();
  const cache = await openCache({ ...config, enabled: false }, { logger });
  expect(logger.lines).toEqual([
    { level: 'info', message: 'Distributed cache disabled by configuration', fields: {} },
  ]);
  expect(await cache.healthCheck()).toBe(true);
  expect(await cache.region('templates').delete('a')).toEqual({ confirmed: true });
  await expectWorkingNoOp(cache);
});

test('a backend that is away at start-up is used when it appears', async () => {
  const logger = recordingLogger();
  const store = newStore();
  store.fault = unavailable;
  const cache = await openCache(config, { logger, adapters: [define(scriptedAdapter(store))] });
  expect(logger.lines).toMatchObject([
    { level: 'warn', message: `Failed to connect to Scripted, ${degraded}` },
  ]);
  expect(cache.status()).toMatchObject({ state: 'waiting', breaker: 'open' });
  expect(await cache.healthCheck()).toBe(false);
  const region = cache.region<number>('templates');
  expect(await region.delete('stale')).toEqual({ confirmed: false });
  expect(await region.getOrLoad('a', async () => 1)).toBe(1);
  store.entries.set('tasker:template:stale', '0');
  store.fault = () => undefined;
  await expect.poll(() => cache.status().state).toBe('ready');
  expect(store.entries.has('tasker:template:stale')).toBe(false);
  expect(logger.lines.at(-1)).toMatchObject({
    level: 'info',
    fields: { backend: 'scripted' },
    message: 'Distributed cache provider initialized successfully',
  });
  await region.set('a', 2);
  expect(await region.get('a')).toBe(2);
  await cache.close();
});

test('a backend that hangs at start-up costs the connection time once', async () => {
  const store = newStore();
  store.fault = () => new Promise(() => {});
  const options = { logger: recordingLogger(), adapters: [define(scriptedAdapter(store))] };
  const cache = await openCache(config, options);
  expect(cache.status()).toMatchObject({ state: 'waiting' });
  expect(cache.status().reason).toContain('did not finish ping() within 100 ms');
  await cache.close();
  await expect(openCache(config, { ...options, required: true })).rejects.toMatchObject({
    code: 'CACHE_TIMEOUT',
  });
});

test('templates are refused on an in-process cache, with the warning of the guide, once', async () => {
  const logger = recordingLogger();
  const adapter = { ...scriptedAdapter(newStore(), 'process'), name: 'moka' };
  const cache = await openCache({ backend: 'moka' }, { logger, adapters: [define(adapter)] });
  const region = cache.region<number>('templates');
  cache.region('templates');
  expect(region.enabled).toBe(false);
  expect(logger.lines.map(({ message }) => message)).toEqual([
    'In-memory cache provider initialized',
    "Cache provider 'moka' is not safe for template caching (in-memory cache would drift from worker invalidations). Template caching disabled.",
  ]);
  await region.set('a', 1);
  expect(await region.get('a')).toBeUndefined();
  expect(await region.delete('a')).toEqual({ confirmed: true });
  const analytics = cache.region<number>('analytics');
  await analytics.set('a', 1);
  expect(await analytics.get('a')).toBe(1);
  expect(() => cache.region('nonesuch')).toThrow('Known: templates, analytics, generic');
  await cache.close();
});

test('after close reads miss, loads go on, and closing twice is fine', async () => {
  const store = newStore();
  const logger = recordingLogger();
  const cache = await openCache(config, { logger, adapters: [define(scriptedAdapter(store))] });
  const region = cache.region<number>('generic');
  await region.getOrLoad('a', async () => 1);
  await cache.close();
  await cache.close();
  expect(store.entries.get('tasker:generic:a')).toBe('1');
  store.calls.length = 0;
  expect(await region.getOrLoad('a', async () => 2)).toBe(2);
  expect(await cache.healthCheck()).toBe(false);
  expect(store.calls).toEqual([]);
  expect(cache.status().state).toBe('closed');
  expect(logger.lines.filter(({ level }) => level === 'warn')).toEqual([]);
});
