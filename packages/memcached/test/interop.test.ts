import { type OwnServer, startServer } from '@tasker-cache/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memcachedAdapter } from '../src/index.ts';
import { askInText, codesOf, type FullAdapter, minuteMs, versions } from './helpers.ts';

describe.each(versions)('%s, shared with a text protocol client', (version) => {
  let server: OwnServer;
  let adapter: FullAdapter;
  beforeAll(async () => {
    server = await startServer(version, { how: 'own' });
    adapter = memcachedAdapter({ url: server.url }) as FullAdapter;
  });
  afterAll(async () => {
    await adapter.close();
    await server.stop();
  });

  const key = 'tasker:template:payments:größe%20a:1.0.0';
  const json = '{"name":"größe","🚀":[1,2.50]}';
  const bytes = Buffer.byteLength(json);

  test('it reads what the adapter set, byte for byte and without flags', async () => {
    await adapter.set(key, json, minuteMs);
    expect(await askInText(server, `get ${key}`)).toBe(
      `VALUE ${key} 0 ${bytes}\r\n${json}\r\nEND\r\n`,
    );
  });

  test('the adapter reads what it set, alone and in a batch', async () => {
    expect(await askInText(server, `set ${key} 0 60 ${bytes}\r\n${json}`)).toBe('STORED\r\n');
    expect(await adapter.get(key)).toBe(json);
    expect(await adapter.getMany(['absent', key])).toEqual([undefined, json]);
  });

  test('its delete reaches the adapter, and the other way round', async () => {
    await adapter.set(key, json, minuteMs);
    expect(await askInText(server, `delete ${key}`)).toBe('DELETED\r\n');
    expect(await adapter.get(key)).toBeUndefined();
    await adapter.set(key, json, minuteMs);
    expect(await adapter.delete(key)).toBe(true);
    expect(await askInText(server, `get ${key}`)).toBe('END\r\n');
  });

  test('its delete and its set end a lease', async () => {
    await adapter.lease(key, 'one', minuteMs);
    await askInText(server, `delete ${key}`);
    expect(await adapter.fill(key, 'one', 'stale', minuteMs)).toBe(false);
    await adapter.lease(key, 'two', minuteMs);
    await askInText(server, `set ${key} 0 60 ${bytes}\r\n${json}`);
    expect(await adapter.fill(key, 'two', 'stale', minuteMs)).toBe(false);
    expect(await adapter.get(key)).toBe(json);
  });

  test('a lease of its key shows as a marker that is no JSON', async () => {
    await adapter.delete(key);
    await adapter.lease(key, 'token', minuteMs);
    expect(await askInText(server, `get ${key}`)).toContain('\r\n!lease:token\r\n');
  });

  test.each(['a b', 'a\tb', 'a\nb', 'a\r\nb', 'a\0b', 'a\x7fb'])(
    'the adapter refuses %j, which it could not name',
    async (bad) => {
      const operations = [
        adapter.get(bad),
        adapter.getMany(['good', bad]),
        adapter.set(bad, 'value', minuteMs),
        adapter.delete(bad),
        adapter.lease(bad, 'token', minuteMs),
        adapter.fill(bad, 'token', 'value', minuteMs),
      ];
      expect(new Set(await codesOf(operations))).toEqual(new Set(['CACHE_KEY_INVALID']));
    },
  );
});
