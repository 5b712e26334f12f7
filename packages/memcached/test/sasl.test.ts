import { type OwnServer, startServer } from '@tasker-cache/conformance';
import { CacheError } from '@tasker-cache/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memcachedAdapter } from '../src/index.ts';
import { type FullAdapter, minuteMs } from './helpers.ts';

describe('a server with SASL', () => {
  let server: OwnServer;
  let username: string;
  let password: string;
  let bare: string;
  beforeAll(async () => {
    server = await startServer('memcached-sasl', { how: 'own' });
    const url = new URL(server.url);
    username = decodeURIComponent(url.username);
    password = decodeURIComponent(url.password);
    bare = `tcp://${server.host}:${server.port}`;
  });
  afterAll(() => server.stop());

  test('lets in who has the credentials, from the URL or from the options', async () => {
    for (const options of [{ url: server.url }, { url: bare, username, password }]) {
      const adapter = memcachedAdapter(options) as FullAdapter;
      await Promise.all([adapter.set('key', 'value', minuteMs), adapter.ping()]);
      expect(await adapter.get('key')).toBe('value');
      adapter.recycle();
      expect(await adapter.getMany(['key'])).toEqual(['value']);
      await adapter.close();
    }
  });

  test.each([
    ['wrong', () => ({ username, password: 'sesame' }), 'refused the user name or the password'],
    ['missing', () => ({}), 'wants a user name and a password'],
  ])('says so when the password is %s', async (_, credentials, reason) => {
    const adapter = memcachedAdapter({ url: bare, ...credentials() }) as FullAdapter;
    const calls = [adapter.get('key'), adapter.ping(), adapter.getMany(['a', 'b'])];
    for (const outcome of await Promise.allSettled<unknown>(calls)) {
      const error: unknown = (outcome as PromiseRejectedResult).reason;
      expect(CacheError.isInstance(error) && error.code).toBe('CACHE_UNAVAILABLE');
      expect((error as Error).message).toContain(reason);
      expect(JSON.stringify([error, (error as Error).stack, String(error)])).not.toMatch(/sesame/);
    }
    await adapter.close();
  });
});

test('credentials for a server without SASL are not sent, and the log says so', async () => {
  await using server = await startServer('memcached-1.6.18', { how: 'own' });
  const lines: string[] = [];
  const log = (fields: object, message: string) =>
    lines.push(`${JSON.stringify(fields)} ${message}`);
  const logger = { debug: log, info: log, warn: log, error: log };
  const credentials = { username: 'user', password: 'sesame' };
  const url = `tcp://${server.host}:${server.port}`;
  const adapter = memcachedAdapter({ url, ...credentials, logger }) as FullAdapter;
  await adapter.set('key', 'value', minuteMs);
  adapter.recycle();
  expect(await adapter.get('key')).toBe('value');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('has no login');
  expect(lines[0]).not.toContain('sesame');
  await adapter.close();
});
