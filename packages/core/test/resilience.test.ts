import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { Deadline } from '../src/deadline.ts';
import { FaultLog } from '../src/faults.ts';
import { Flights } from '../src/flights.ts';
import { type CacheConfig, CacheError, openCache } from '../src/index.ts';
import { UndeliveredInvalidations } from '../src/invalidations.ts';
import {
  define,
  newStore,
  recordingLogger,
  scriptedAdapter,
  unavailable,
} from './scripted-adapter.ts';

afterEach(() => {
  vi.useRealTimers();
});

async function open(overrides: Partial<CacheConfig> = {}) {
  const store = newStore();
  const logger = recordingLogger();
  const settings = { backend: 'scripted', operationTimeoutMs: 50, ...overrides };
  const cache = await openCache(settings, { logger, adapters: [define(scriptedAdapter(store))] });
  return { store, logger, cache, region: cache.region<number>('generic') };
}

test('four outages in a row leave the circuit closed, a success starts the count anew', async () => {
  const { store, cache, region } = await open();
  for (const _round of [1, 2]) {
    store.fault = unavailable;
    for (let n = 0; n < 4; n++) await region.set(n, n);
    expect(cache.status().breaker).toBe('closed');
    store.fault = () => undefined;
    await region.set('ok', 1);
  }
  await cache.close();
});

test("what the caller's own input or a refusal caused never opens the circuit", async () => {
  const { store, cache, region, logger } = await open({ maxValueBytes: 1000 });
  for (let n = 0; n < 10; n++) {
    await region.set('', n);
    await region.set(n, 'x'.repeat(2000) as unknown as number);
    await region.set(n, n, Number.NaN);
  }
  store.fault = () => Promise.reject(new CacheError('CACHE_REFUSED', 'OOM command not allowed'));
  for (let n = 0; n < 10; n++) await region.set(n, n);
  expect(cache.status().breaker).toBe('closed');
  const codes = logger.lines
    .filter(({ level }) => level === 'warn')
    .map(({ fields }) => fields.code);
  expect(codes).toEqual([
    'CACHE_KEY_INVALID',
    'CACHE_VALUE_TOO_LARGE',
    'CACHE_TTL_INVALID',
    'CACHE_REFUSED',
  ]);
  await cache.close();
});

test('nobody waits for a slow probe, and two successes close the circuit', async () => {
  const { store, cache, region } = await open({
    operationTimeoutMs: 5000,
    circuitBreaker: { timeoutMs: 30 },
  });
  store.fault = unavailable;
  for (let n = 0; n < 5; n++) await region.set(n, n);
  const probe = Promise.withResolvers<void>();
  store.fault = () => probe.promise;
  store.calls.length = 0;
  await expect.poll(() => cache.status().breaker).toBe('half-open');
  expect(await region.get('a')).toBeUndefined();
  expect(await region.getOrLoad('a', () => 3)).toBe(3);
  expect(store.calls).toEqual(['ping']);
  probe.resolve();
  await expect.poll(() => cache.status().breaker).toBe('closed');
  expect(store.calls).toEqual(['ping', 'ping']);
  await cache.close();
});

test('a failed probe opens the circuit again, and the next one comes in time', async () => {
  const { store, cache, region, logger } = await open({ circuitBreaker: { timeoutMs: 30 } });
  store.fault = unavailable;
  for (let n = 0; n < 5; n++) await region.set(n, n);
  store.calls.length = 0;
  await expect.poll(() => store.calls.length).toBeGreaterThanOrEqual(3);
  store.fault = () => undefined;
  await expect.poll(() => cache.status().breaker).toBe('closed');
  const states = logger.lines.map(({ message }) => message.match(/breaker ([\w-]+)/)?.[1]);
  expect(states.filter(Boolean).slice(0, 3)).toEqual(['opened', 'half-open', 'opened']);
  expect(states.at(-1)).toBe('closed');
  await cache.close();
});

test('the deadline expires operations in order, each at its time, and leaves no timer', async () => {
  vi.useFakeTimers();
  const deadline = new Deadline('scripted', 100);
  const settled: string[] = [];
  const run = (name: string, work: Promise<string>) =>
    deadline.watch(
      name,
      work,
      (value) => settled.push(`${value} ${performance.now()}`),
      (error) => settled.push(`${(error as CacheError).code} ${name}`),
    );
  const started = performance.now();
  run('first', new Promise(() => {}));
  await vi.advanceTimersByTimeAsync(60);
  run('second', new Promise(() => {}));
  run('quick', Promise.resolve('quick'));
  await vi.advanceTimersByTimeAsync(39);
  expect(settled).toEqual([`quick ${started + 60}`]);
  await vi.advanceTimersByTimeAsync(1);
  expect(settled.slice(1)).toEqual(['CACHE_TIMEOUT first']);
  await vi.advanceTimersByTimeAsync(60);
  expect(settled.slice(2)).toEqual(['CACHE_TIMEOUT second']);
  expect(vi.getTimerCount()).toBe(0);
});

function blockEventLoop(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

test('the deadline of who waited while the event loop was blocked is moved, once', async () => {
  const deadline = new Deadline('scripted', 100);
  const { promise, resolve, reject } = Promise.withResolvers();
  deadline.watch('slow', new Promise(() => {}), resolve, reject);
  let isOver = false;
  promise.catch(() => {}).finally(() => (isOver = true));
  blockEventLoop(250);
  await sleep(50);
  expect(isOver).toBe(false);
  blockEventLoop(250);
  await expect(promise).rejects.toMatchObject({ code: 'CACHE_TIMEOUT' });
});

test('an adapter that throws instead of rejecting, or whose recycle throws, hurts nobody', async () => {
  const store = newStore();
  const logger = recordingLogger();
  const adapter = scriptedAdapter(store);
  adapter.get = () => {
    throw new TypeError('not a promise');
  };
  adapter.set = () => new Promise(() => {});
  adapter.recycle = () => {
    throw new TypeError('cannot recycle');
  };
  const settings = { backend: 'scripted', operationTimeoutMs: 20 };
  const cache = await openCache(settings, { logger, adapters: [define(adapter)] });
  const region = cache.region<number>('generic');
  expect(await region.get('a')).toBeUndefined();
  await region.set('a', 1);
  expect(logger.lines.map(({ fields }) => fields.code)).toEqual(
    expect.arrayContaining(['CACHE_UNEXPECTED', 'CACHE_TIMEOUT']),
  );
  await cache.close();
});

test('an adapter that returns a value where it should return a promise is understood', async () => {
  const adapter = scriptedAdapter(newStore());
  adapter.get = (() => '1') as unknown as typeof adapter.get;
  const options = { logger: recordingLogger(), adapters: [define(adapter)] };
  const cache = await openCache({ backend: 'scripted' }, options);
  expect(await cache.region<number>('generic').get('a')).toBe(1);
  await cache.close();
});

test('faults of a kind are logged once, then summed up every 10 s', async () => {
  vi.useFakeTimers();
  const logger = recordingLogger();
  const faults = new FaultLog(logger);
  const timeout = new CacheError('CACHE_TIMEOUT', 'too slow', { operation: 'get' });
  for (let n = 0; n < 1000; n++) faults.report(timeout, 'get', `key-${n}`);
  faults.report(new CacheError('CACHE_REFUSED', 'full'), 'get', 'other');
  expect(logger.lines.length).toBe(2);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(logger.lines[2]?.fields).toEqual({
    code: 'CACHE_TIMEOUT',
    count: 999,
    keys: ['key-1', 'key-2', 'key-3'],
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(logger.lines.length).toBe(3);
  expect(vi.getTimerCount()).toBe(0);
  faults.report(timeout, 'get', 'again');
  expect(logger.lines.at(-1)?.fields.key).toBe('again');
  faults.close();
});

test('loads are bounded in number and time, and a hung load gives its place back', async () => {
  const flights = new Flights({
    loadTimeoutMs: 50,
    maxConcurrentLoads: 2,
    slowLoadMs: 50,
    leaseMs: 50,
    leaseWaitMs: 0,
  });
  let running = 0;
  let most = 0;
  const quick = async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    return running--;
  };
  await Promise.all(Array.from({ length: 10 }, () => flights.load(quick)));
  expect(most).toBe(2);
  const signals: AbortSignal[] = [];
  const hung = (signal: AbortSignal) => {
    signals.push(signal);
    return new Promise<never>(() => {});
  };
  const hanging = [1, 2, 3].map(() => flights.load(hung));
  for (const result of await Promise.allSettled(hanging)) {
    expect(result).toMatchObject({ reason: { code: 'CACHE_LOAD_TIMEOUT' } });
  }
  expect(new Set(signals.map(({ aborted }) => aborted))).toEqual(new Set([true]));
  expect(await flights.load(() => 'free again')).toBe('free again');
});

test('too many undelivered invalidations cover the whole region until its prefix is deleted', async () => {
  const undelivered = new UndeliveredInvalidations('t:', 2, recordingLogger());
  undelivered.extendTtl(1000);
  for (const key of ['t:a', 't:b', 't:c']) undelivered.addKey(key);
  expect(undelivered.size).toBe(1);
  expect(undelivered.covers('t:z')).toBe(true);
  const deleted: string[] = [];
  await undelivered.replay({
    delete: async () => true,
    deletePrefix: async (p) => deleted.push(p),
  });
  expect(deleted).toEqual(['t:']);
  expect(undelivered.covers('t:a')).toBe(false);
});

test('without deletion by prefix, an overflow lasts until all that was written has expired', async () => {
  vi.useFakeTimers();
  const undelivered = new UndeliveredInvalidations('t:', 1, recordingLogger());
  undelivered.extendTtl(1000);
  undelivered.addKey('t:a');
  undelivered.addKey('t:b');
  const replay = () => undelivered.replay({ delete: async () => true });
  await vi.advanceTimersByTimeAsync(999);
  await replay();
  expect(undelivered.covers('t:z')).toBe(true);
  await vi.advanceTimersByTimeAsync(1);
  await replay();
  expect(undelivered.covers('t:z')).toBe(false);
});

test('a prefix that takes longer than its caller may wait is deleted afterwards', async () => {
  const { cache, store } = await open({ connectionTimeoutMs: 50 });
  const region = cache.region<number>('generic');
  store.entries.set('tasker:generic:x:1', '1');
  store.fault = (operation) => (operation === 'deletePrefix' ? sleep(200) : undefined);
  expect(await region.deletePrefix(['x'])).toEqual({ confirmed: false });
  store.entries.set('tasker:generic:x:1', '1');
  await expect.poll(() => cache.status().undeliveredInvalidations, { timeout: 5000 }).toBe(0);
  expect(store.entries.size).toBe(0);
  expect(cache.status().breaker).toBe('closed');
  await cache.close();
});

test('an invalidation repeated during its replay is replayed again', async () => {
  const undelivered = new UndeliveredInvalidations('t:', 10, recordingLogger());
  undelivered.extendTtl(1000);
  undelivered.addKey('t:a');
  const replaying = undelivered.replay({ delete: async () => undelivered.addKey('t:a') });
  await replaying;
  expect(undelivered.covers('t:a')).toBe(true);
  await undelivered.replay({ delete: async () => true });
  expect(undelivered.covers('t:a')).toBe(false);
});
