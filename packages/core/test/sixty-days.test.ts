import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type CacheConfig, CacheError, openCache } from '../src/index.ts';
import {
  define,
  newStore,
  recordingLogger,
  scriptedAdapter,
  unavailable,
} from './scripted-adapter.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** What Node's timers hold; a longer one fires at once. */
const longestTimerMs = 2 ** 31 - 1;
const probeEveryMs = hourMs;
/** Each probe is scheduled when the one before has ended, a millisecond after the circuit's time. */
const probesInSixtyDays = Math.floor((60 * dayMs) / (probeEveryMs + 1));

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function scripted(overrides: Partial<CacheConfig> = {}) {
  const store = newStore();
  const logger = recordingLogger();
  const config = {
    backend: 'scripted',
    circuitBreaker: { timeoutMs: probeEveryMs },
    ...overrides,
  };
  const adapters = [define(scriptedAdapter(store))];
  return { store, logger, open: () => openCache(config, { logger, adapters }) };
}

test('a backend that is absent for 60 days is probed in time, and used when it appears', async () => {
  const { store, logger, open } = scripted();
  store.fault = unavailable;
  const cache = await open();
  const region = cache.region<number>('generic');
  for (let day = 1; day <= 60; day++) {
    await vi.advanceTimersByTimeAsync(dayMs);
    expect(await region.getOrLoad('key', () => day)).toBe(day);
    expect(vi.getTimerCount(), `on day ${day}`).toBe(1);
  }
  expect(store.calls).toEqual(Array(1 + probesInSixtyDays).fill('ping'));
  expect(cache.status().state).toBe('waiting');
  expect(logger.lines.length).toBeLessThanOrEqual(1 + probesInSixtyDays);

  store.fault = () => undefined;
  await vi.advanceTimersByTimeAsync(probeEveryMs + 1);
  expect(cache.status()).toMatchObject({ state: 'ready', breaker: 'closed' });
  expect(await region.getOrLoad('key', () => 61)).toBe(61);
  expect(await region.getOrLoad('key', () => 62)).toBe(61);
  await cache.close();
  expect(vi.getTimerCount()).toBe(0);
});

test('a circuit open for 60 days: what was deleted meanwhile is deleted before it closes', async () => {
  const { store, logger, open } = scripted();
  const cache = await open();
  const region = cache.region<number>('generic');
  await region.set('key', 1);
  store.fault = unavailable;
  for (let n = 0; n < 5; n++) await region.get(n);
  const linesBefore = logger.lines.length;
  store.calls.length = 0;
  await vi.advanceTimersByTimeAsync(59 * dayMs);
  expect(await region.delete('key')).toEqual({ confirmed: false });
  await vi.advanceTimersByTimeAsync(dayMs);
  // The probe's, and at most the retry's of what was not delivered.
  expect(vi.getTimerCount()).toBeLessThanOrEqual(2);
  expect(store.calls).toEqual(Array(probesInSixtyDays).fill('ping'));
  expect(cache.status()).toMatchObject({ breaker: 'open', undeliveredInvalidations: 1 });
  expect(await region.get('key')).toBeUndefined();
  // Of each probe: half-open, open again, and the fault.
  expect(logger.lines.length - linesBefore).toBeLessThanOrEqual(1 + 3 * probesInSixtyDays);

  store.fault = () => undefined;
  store.calls.length = 0;
  await vi.advanceTimersByTimeAsync(probeEveryMs + 1);
  expect(cache.status()).toMatchObject({ breaker: 'closed', undeliveredInvalidations: 0 });
  expect(store.calls).toEqual(['ping', 'delete tasker:generic:key', 'ping']);
  expect(await region.get('key')).toBeUndefined();
  await cache.close();
  expect(vi.getTimerCount()).toBe(0);
});

test('close() while the backend is away ends the probes', async () => {
  const { store, open } = scripted();
  store.fault = unavailable;
  const cache = await open();
  await vi.advanceTimersByTimeAsync(30 * dayMs);
  await cache.close();
  expect(vi.getTimerCount()).toBe(0);
  store.calls.length = 0;
  await vi.advanceTimersByTimeAsync(30 * dayMs);
  expect(store.calls).toEqual([]);
});

test('a deletion that is refused for a day is tried once a second, with one summary per 10 s', async () => {
  const { store, logger, open } = scripted();
  const cache = await open();
  const region = cache.region<number>('generic');
  await region.set('key', 1);
  store.fault = async (operation) => {
    if (operation === 'delete') throw new CacheError('CACHE_REFUSED', 'read-only');
  };
  expect(await region.delete('key')).toEqual({ confirmed: false });
  store.calls.length = 0;
  logger.lines.length = 0;
  await vi.advanceTimersByTimeAsync(dayMs);
  const seconds = dayMs / 1000;
  expect(store.calls).toEqual(Array(seconds).fill('delete tasker:generic:key'));
  expect(logger.lines.length).toBeLessThanOrEqual(seconds / 10);
  expect(cache.status()).toMatchObject({ breaker: 'closed', undeliveredInvalidations: 1 });

  store.fault = () => undefined;
  await vi.advanceTimersByTimeAsync(1000);
  expect(cache.status().undeliveredInvalidations).toBe(0);
  // The summary's own end.
  await vi.advanceTimersByTimeAsync(20_000);
  expect(vi.getTimerCount()).toBe(0);
  await cache.close();
});

test('the longest deadline expires after 24.8 days, not at once', async () => {
  const { store, logger, open } = scripted({ operationTimeoutMs: longestTimerMs });
  const cache = await open();
  const region = cache.region<number>('generic');
  store.fault = () => new Promise(() => {});
  const reading = vi.fn();
  void region.get('key').then(reading);
  await vi.advanceTimersByTimeAsync(longestTimerMs - 1);
  expect(reading).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2);
  expect(reading).toHaveBeenCalledExactlyOnceWith(undefined);
  expect(logger.lines.at(-1)?.fields.code).toBe('CACHE_TIMEOUT');
  store.fault = () => undefined;
  await cache.close();
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  ['operationTimeoutMs', { operationTimeoutMs: longestTimerMs + 1 }],
  ['connectionTimeoutMs', { connectionTimeoutMs: longestTimerMs + 1 }],
  // Its timer is set for a millisecond more.
  ['timeoutMs', { circuitBreaker: { timeoutMs: longestTimerMs } }],
  ['loadTimeoutMs', { loads: { loadTimeoutMs: longestTimerMs + 1 } }],
  ['slowLoadMs', { loads: { slowLoadMs: longestTimerMs + 1 } }],
  ['leaseMs', { loads: { leaseMs: longestTimerMs + 1 } }],
  ['leaseWaitMs', { loads: { leaseWaitMs: longestTimerMs + 1 } }],
])('a longer timer than Node has is refused: %s', async (name, overrides) => {
  const store = newStore();
  const adapters = [define(scriptedAdapter(store))];
  const opening = openCache({ backend: 'scripted', ...overrides }, { adapters, required: true });
  await expect(opening).rejects.toMatchObject({
    code: 'CACHE_CONFIG_INVALID',
    message: expect.stringContaining(name),
  });
});

test('an operation that hangs once a day for 60 days leaves no timer behind', async () => {
  const { store, open } = scripted();
  const cache = await open();
  const region = cache.region<number>('generic');
  for (let day = 1; day <= 60; day++) {
    store.fault = () => new Promise(() => {});
    const started = performance.now();
    const reading = region.get('key').then(() => performance.now() - started);
    await vi.advanceTimersByTimeAsync(dayMs / 2);
    expect(await reading, `on day ${day}`).toBe(250);
    store.fault = () => undefined;
    await region.get('key');
    await vi.advanceTimersByTimeAsync(dayMs / 2);
    expect(vi.getTimerCount(), `on day ${day}`).toBe(0);
  }
  expect(cache.status().breaker).toBe('closed');
  await cache.close();
});

test('a grace of 40 days ends 40 days after the TTL', async () => {
  const { store, open } = scripted({ graceMs: 40 * dayMs, ttlMs: { default: 10 * dayMs } });
  const cache = await open();
  const region = cache.region<number>('analytics');
  expect(await region.getOrLoad('key', () => 1)).toBe(1);
  store.entries.clear();
  const failing = () => Promise.reject(new Error('no database'));
  await vi.advanceTimersByTimeAsync(50 * dayMs - 1);
  store.entries.clear();
  expect(await region.getOrLoad('key', failing)).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  store.entries.clear();
  await expect(region.getOrLoad('key', failing)).rejects.toThrow('no database');
  await cache.close();
  expect(vi.getTimerCount()).toBe(0);
});
