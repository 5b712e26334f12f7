import { expect, test } from 'vitest';
import { memoryAdapter } from '../src/index.ts';

const minuteMs = 60_000;
type Adapter = ReturnType<typeof memoryAdapter>;

async function setAll(adapter: Adapter, prefix: string, count: number): Promise<string[]> {
  const keys = Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  for (const key of keys) await adapter.set(key, `value of ${key}`, minuteMs);
  return keys;
}

async function stored(adapter: Adapter, keys: readonly string[]): Promise<number> {
  const values = await adapter.getMany(keys);
  return values.filter((value) => value !== undefined).length;
}

test.each([1, 2, 9, 10, 11, 100])(
  'keeps %d entries, all of them and not one more',
  async (capacity) => {
    const adapter = memoryAdapter({ maxCapacity: capacity });
    const keys = await setAll(adapter, 'k', capacity);
    expect(await stored(adapter, keys)).toBe(capacity);
    await setAll(adapter, 'l', 3 * capacity);
    await setAll(adapter, 'l', 3 * capacity);
    expect((await adapter.deletePrefix('k')) + (await adapter.deletePrefix('l'))).toBe(capacity);
  },
);

test.each([1, 2, 10, 100])('always keeps the newest entry of %d', async (capacity) => {
  const adapter = memoryAdapter({ maxCapacity: capacity });
  for (const index of Array(5 * capacity).keys()) {
    await adapter.set(`k${index}`, `value ${index}`, minuteMs);
    expect(await adapter.get(`k${index}`)).toBe(`value ${index}`);
  }
});

test('a scan leaves entries that are in use alone', async () => {
  const adapter = memoryAdapter({ maxCapacity: 100 });
  const used = await setAll(adapter, 'used', 90);
  expect(await stored(adapter, used)).toBe(90);
  await setAll(adapter, 'scan', 1000);
  expect(await stored(adapter, used)).toBe(90);
});

test('an entry that was read once survives the next ones', async () => {
  const adapter = memoryAdapter({ maxCapacity: 100 });
  await setAll(adapter, 'old', 200);
  const [first = '', second = ''] = await setAll(adapter, 'new', 2);
  await adapter.get(first);
  await setAll(adapter, 'scan', 50);
  expect(await adapter.getMany([first, second])).toEqual([`value of ${first}`, undefined]);
});

test('a key that comes back soon after its eviction stays', async () => {
  const adapter = memoryAdapter({ maxCapacity: 100 });
  await setAll(adapter, 'old', 100);
  const [key = ''] = await setAll(adapter, 'new', 1);
  await setAll(adapter, 'scan', 20);
  expect(await adapter.get(key)).toBeUndefined();
  await adapter.set(key, 'value', minuteMs);
  await setAll(adapter, 'scan', 50);
  expect(await adapter.get(key)).toBe('value');
});

test('a lease is not evicted by a flood of new keys', async () => {
  const adapter = memoryAdapter({ maxCapacity: 100 });
  await setAll(adapter, 'old', 100);
  expect(await adapter.lease('key', 'token', minuteMs)).toEqual({ state: 'granted' });
  await setAll(adapter, 'flood', 500);
  expect(await adapter.fill('key', 'token', 'value', minuteMs)).toBe(true);
  expect(await adapter.get('key')).toBe('value');
});

test('deletes in every part: what was just set, what stays, and what comes back', async () => {
  const adapter = memoryAdapter({ maxCapacity: 10 });
  const keys = await setAll(adapter, 'k', 10);
  for (const key of keys) expect(await adapter.delete(key)).toBe(true);
  expect(await stored(adapter, keys)).toBe(0);
  for (const key of keys) expect(await adapter.delete(key)).toBe(false);
});

test('deletePrefix spares neighbours, and takes the prefix literally', async () => {
  const adapter = memoryAdapter({ maxCapacity: 100 });
  for (const key of ['a:1', 'a:2', 'a', 'ab:1', 'a*:1', 'b:a:1']) {
    await adapter.set(key, key, minuteMs);
  }
  expect(await adapter.deletePrefix('a*')).toBe(1);
  expect(await adapter.deletePrefix('a:')).toBe(2);
  expect(await adapter.getMany(['a', 'ab:1', 'b:a:1'])).toEqual(['a', 'ab:1', 'b:a:1']);
});
