import { type AdapterContext, consoleLogger, findAdapter } from '@tasker-cache/core/adapter';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { memory, memoryAdapter } from '../src/index.ts';

const dayMs = 86_400_000;

describe('options', () => {
  test.each([0, -1, 1.5, 1_000_001, Number.NaN, '10', null])('refuse maxCapacity %j', (value) => {
    const create = () => memoryAdapter({ maxCapacity: value as number });
    expect(create).toThrow(/maxCapacity is an integer from 1 to 1000000, got/);
    expect(create).toThrow(expect.objectContaining({ code: 'CACHE_CONFIG_INVALID' }));
  });

  test('maxValueBytes bounds values in UTF-8 bytes', async () => {
    const adapter = memoryAdapter({ maxValueBytes: 4 });
    await adapter.set('key', 'éé', 1000);
    const tooLarge = adapter.set('key', 'ééé', 1000);
    await expect(tooLarge).rejects.toMatchObject({ code: 'CACHE_VALUE_TOO_LARGE' });
    expect(await adapter.get('key')).toBe('éé');
  });
});

describe('definition', () => {
  const context = (settings: AdapterContext['settings']): AdapterContext => ({
    settings,
    maxValueBytes: 1000,
    logger: consoleLogger('silent'),
  });

  test.each(['moka', 'memory', 'in-memory'])('is registered as %s', (name) => {
    expect(findAdapter(name)).toBe(memory);
  });

  test('creates the adapter from its settings', async () => {
    const adapter = await memory.create(context({ maxCapacity: 2 }));
    for (const key of ['k1', 'k2', 'k3']) await adapter.set(key, 'value', 1000);
    expect(await adapter.deletePrefix?.('k')).toBe(2);
  });

  test('reports the capacity that it uses', () => {
    expect(memory.startupFields?.(context({ maxCapacity: 2 }))).toEqual({ max_capacity: 2 });
    expect(memory.startupFields?.(context({}))).toEqual({ max_capacity: 10_000 });
  });
});

describe('expiry', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each([1, 999, 60_000, 25 * dayMs, 40 * dayMs, 1000 * dayMs])(
    'is exact to the millisecond for %d ms',
    async (ttlMs) => {
      vi.useFakeTimers({ toFake: ['performance'] });
      const adapter = memoryAdapter();
      await adapter.set('key', 'value', ttlMs);
      vi.advanceTimersByTime(ttlMs - 1);
      expect(await adapter.get('key')).toBe('value');
      vi.advanceTimersByTime(1);
      expect(await adapter.get('key')).toBeUndefined();
    },
  );

  test('rounds a fraction of a millisecond up', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const adapter = memoryAdapter();
    await adapter.set('key', 'value', 0.4);
    expect(await adapter.get('key')).toBe('value');
    vi.advanceTimersByTime(1);
    expect(await adapter.get('key')).toBeUndefined();
  });

  test('does not follow the system clock when it is set back or forth', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'Date'] });
    const adapter = memoryAdapter();
    await adapter.set('key', 'value', 1000);
    vi.setSystemTime(Date.now() + dayMs);
    expect(await adapter.get('key')).toBe('value');
    vi.setSystemTime(Date.now() - 2 * dayMs);
    vi.advanceTimersByTime(1000);
    expect(await adapter.get('key')).toBeUndefined();
  });

  test('frees the key for a lease, and expired entries do not count as deleted', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const adapter = memoryAdapter();
    for (const key of ['k1', 'k2', 'k3']) await adapter.set(key, 'value', 1000);
    vi.advanceTimersByTime(1000);
    expect(await adapter.delete('k1')).toBe(false);
    expect(await adapter.lease('k2', 'token', 1000)).toEqual({ state: 'granted' });
    expect(await adapter.deletePrefix('k')).toBe(1);
  });
});

describe('a lease', () => {
  test('is granted once, reads as a miss, and only its own token fills it', async () => {
    const adapter = memoryAdapter();
    expect(await adapter.lease('key', 'mine', 1000)).toEqual({ state: 'granted' });
    expect(await adapter.lease('key', 'other', 1000)).toEqual({ state: 'held', token: 'mine' });
    expect(await adapter.get('key')).toBeUndefined();
    expect(await adapter.fill('key', 'other', 'value', 1000)).toBe(false);
    expect(await adapter.fill('key', 'mine', 'value', 1000)).toBe(true);
    expect(await adapter.lease('key', 'late', 1000)).toEqual({ state: 'hit', value: 'value' });
  });

  test.each([
    ['a delete', (adapter: ReturnType<typeof memoryAdapter>) => adapter.delete('key')],
    ['a delete by prefix', (adapter) => adapter.deletePrefix('k')],
    ['a set', (adapter) => adapter.set('key', 'newer', 1000)],
  ])('is ended by %s', async (_, end) => {
    const adapter = memoryAdapter();
    await adapter.lease('key', 'mine', 1000);
    await end(adapter);
    const before = await adapter.get('key');
    expect(await adapter.fill('key', 'mine', 'late', 1000)).toBe(false);
    expect(await adapter.get('key')).toBe(before);
  });
});

describe('closing', () => {
  test('is idempotent, and later operations reject with CACHE_CLOSED', async () => {
    const adapter = memoryAdapter();
    await adapter.set('key', 'value', 1000);
    await adapter.close();
    await adapter.close();
    const operations = [
      () => adapter.get('key'),
      () => adapter.getMany([]),
      () => adapter.set('key', 'value', 1000),
      () => adapter.delete('key'),
      () => adapter.deletePrefix('key'),
      () => adapter.lease('key', 'token', 1000),
      () => adapter.fill('key', 'token', 'value', 1000),
      () => adapter.ping(),
    ];
    for (const operation of operations) {
      await expect(operation()).rejects.toMatchObject({ code: 'CACHE_CLOSED', adapter: 'moka' });
    }
  });
});
