import { type CacheConfig, consoleLogger, openCache } from '@tasker-cache/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { memory } from '../src/index.ts';

const dayMs = 86_400_000;
const ttlMs = 40 * dayMs;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function open(overrides: Partial<CacheConfig> = {}) {
  const config = { backend: 'moka', ttlMs: { default: ttlMs }, ...overrides };
  return openCache(config, { adapters: [memory], logger: consoleLogger('silent') });
}

test('a TTL of 40 days, longer than any timer of Node, ends on its millisecond', async () => {
  const cache = await open();
  const region = cache.region<number>('generic');
  const load = vi.fn(() => Date.now());
  const loadedAt = await region.getOrLoad('key', load);
  await vi.advanceTimersByTimeAsync(1);
  for (let day = 1; day <= 39; day++) {
    await vi.advanceTimersByTimeAsync(dayMs);
    expect(await region.getOrLoad('key', load), `on day ${day}`).toBe(loadedAt);
    // The deadline's, which ends by itself.
    expect(vi.getTimerCount(), `on day ${day}`).toBeLessThanOrEqual(1);
  }
  await vi.advanceTimersByTimeAsync(dayMs - 2);
  expect(await region.getOrLoad('key', load)).toBe(loadedAt);
  await vi.advanceTimersByTimeAsync(1);
  const loadedAgainAt = await region.getOrLoad('key', load);
  expect(loadedAgainAt).toBe(loadedAt + ttlMs);
  await vi.advanceTimersByTimeAsync(20 * dayMs);
  expect(await region.getOrLoad('key', load)).toBe(loadedAgainAt);
  expect(load).toHaveBeenCalledTimes(2);
  await cache.close();
  expect(vi.getTimerCount()).toBe(0);
});

test('entries written day by day for 60 days expire in the order in which they were written', async () => {
  const cache = await open();
  const region = cache.region<number>('generic');
  for (let day = 0; day < 60; day++) {
    await region.set(day, day);
    const present = await region.getMany(Array.from({ length: day + 1 }, (_, key) => key));
    const expected = present.map((_, key) => (day - key < 40 ? key : undefined));
    expect(present, `on day ${day}`).toEqual(expected);
    await vi.advanceTimersByTimeAsync(dayMs);
  }
  expect(vi.getTimerCount()).toBe(0);
  await cache.close();
});

test('a load of 20 days is stored under a lease of 21, and refused under one of 19', async () => {
  for (const [leaseDays, stores] of [
    [21, 1],
    [19, 0],
  ] as const) {
    const loads = { leaseMs: leaseDays * dayMs, loadTimeoutMs: 24 * dayMs };
    const cache = await open({ loads });
    const region = cache.region<string>('generic');
    const loading = region.getOrLoad(
      'key',
      () => new Promise<string>((resolve) => setTimeout(resolve, 20 * dayMs, 'loaded')),
    );
    await vi.advanceTimersByTimeAsync(20 * dayMs);
    expect(await loading).toBe('loaded');
    await vi.advanceTimersByTimeAsync(ttlMs - 1);
    expect(await region.get('key'), `a lease of ${leaseDays} days`).toBe(
      stores === 1 ? 'loaded' : undefined,
    );
    expect(cache.stats().regions.generic).toMatchObject({ stores, refusedFills: 1 - stores });
    await cache.close();
    expect(vi.getTimerCount()).toBe(0);
  }
});

test('a load that hangs is ended after 24 days, and its lease does not outlive its time', async () => {
  const loads = { leaseMs: 10 * dayMs, loadTimeoutMs: 24 * dayMs, leaseWaitMs: 0 };
  const cache = await open({ loads });
  const region = cache.region<string>('generic');
  const hung = vi.fn();
  void region.getOrLoad('key', () => new Promise<never>(() => {})).catch(hung);
  await vi.advanceTimersByTimeAsync(24 * dayMs - 1);
  expect(hung).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(hung.mock.calls).toMatchObject([[{ code: 'CACHE_LOAD_TIMEOUT' }]]);
  expect(await region.getOrLoad('key', () => 'later')).toBe('later');
  expect(await region.get('key')).toBe('later');
  await cache.close();
  expect(vi.getTimerCount()).toBe(0);
});
