import { startServer } from '@tasker-cache/conformance';
import { describe, expect, test } from 'vitest';
import { memcachedAdapter } from '../src/index.ts';
import { codeOf, type FullAdapter, minuteMs, until, versions } from './helpers.ts';

const longestKey = 'k'.repeat(250);

describe.each(versions)('limits of %s', (version) => {
  test.each([
    ['1m', 1024 * 1024],
    ['512k', 512 * 1024],
    ['4m', 4 * 1024 * 1024],
  ])('learns -I %s, and the server takes all of it', async (flag, itemBytes) => {
    await using server = await startServer(version, { how: 'own', args: ['-I', flag] });
    const adapter = memcachedAdapter({ url: server.url }) as FullAdapter;
    await adapter.ping();
    await until(() => adapter.limits.maxValueBytes === itemBytes - 320);
    const largest = 'x'.repeat(adapter.limits.maxValueBytes);
    await adapter.set(longestKey, largest, minuteMs);
    expect((await adapter.get(longestKey)) === largest).toBe(true);
    expect(await codeOf(adapter.set('k', `${largest}x`, minuteMs))).toBe('CACHE_VALUE_TOO_LARGE');
    await adapter.close();
  });

  test('a value that the server finds too large is the same error, and nobody else suffers', async () => {
    await using server = await startServer(version, { how: 'own' });
    const maxValueBytes = 8 * 1024 * 1024;
    const adapter = memcachedAdapter({ url: server.url, maxValueBytes }) as FullAdapter;
    expect(adapter.limits.maxValueBytes).toBe(maxValueBytes);
    const [large, small, read] = await Promise.all([
      codeOf(adapter.set('large', 'x'.repeat(2 * 1024 * 1024), minuteMs)),
      codeOf(adapter.set('small', 'value', minuteMs)),
      adapter.get('small'),
    ]);
    expect([large, small, read]).toEqual(['CACHE_VALUE_TOO_LARGE', 'resolved', 'value']);
    await adapter.close();
  });

  test('a full server refuses, and goes on serving', async () => {
    await using server = await startServer(version, { how: 'own', args: ['-m', '2', '-M'] });
    const adapter = memcachedAdapter({ url: server.url }) as FullAdapter;
    const value = 'x'.repeat(10_000);
    await adapter.set('first', value, minuteMs);
    let code = 'resolved';
    for (let index = 0; code === 'resolved' && index < 1_000; index++) {
      code = await codeOf(adapter.set(`filler:${index}`, value, minuteMs));
    }
    expect(code).toBe('CACHE_REFUSED');
    expect(await adapter.get('first')).toBe(value);
    await adapter.close();
  });

  test('a server that takes no more connections is named as such', async () => {
    await using server = await startServer(version, { how: 'own', args: ['-c', '40'] });
    const adapters = Array.from({ length: 60 }, () => memcachedAdapter({ url: server.url }));
    const errors = await Promise.all(
      adapters.map((adapter) => adapter.ping().then(() => undefined, String)),
    );
    const refused = errors.filter((error) => error !== undefined);
    expect(refused.length).toBeGreaterThan(0);
    for (const error of refused) expect(error).toMatch(/Too many open connections|hung up|reset/i);
    await Promise.all(adapters.map((adapter) => adapter.close()));
  });

  test('many keys at once, also when there are more than one packet holds', async () => {
    await using server = await startServer(version, { how: 'own' });
    const adapter = memcachedAdapter({ url: server.url }) as FullAdapter;
    const keys = Array.from({ length: 5_000 }, (_, index) => `many:${index}`);
    const value = (key: string) => key.repeat(50);
    await Promise.all(
      keys.filter((_, index) => index % 3).map((key) => adapter.set(key, value(key), minuteMs)),
    );
    const expected = keys.map((key, index) => (index % 3 ? value(key) : undefined));
    expect(await adapter.getMany(keys)).toEqual(expected);
    expect(await adapter.getMany(['many:1', 'many:0', 'many:1'])).toEqual([
      value('many:1'),
      undefined,
      value('many:1'),
    ]);
    expect(await adapter.getMany([])).toEqual([]);
    await adapter.close();
  });
});
