import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type OwnServer, startProxy, startServer } from '@tasker-cache/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memcachedAdapter } from '../src/index.ts';
import { codeOf, codesOf, type FullAdapter, minuteMs, until } from './helpers.ts';

const operations = (adapter: FullAdapter): Promise<unknown>[] => [
  adapter.get('key'),
  adapter.getMany(['key', 'other']),
  adapter.set('key', 'value', minuteMs),
  adapter.delete('key'),
  adapter.lease('key', 'token', minuteMs),
  adapter.fill('key', 'token', 'value', minuteMs),
  adapter.ping(),
];

describe('the life of an adapter', () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await startServer('memcached-1.6.45', { how: 'own' });
  });
  afterAll(() => server.stop());

  test('close: pending operations reject, later ones too, and twice is fine', async () => {
    const adapter = memcachedAdapter({ url: server.url }) as FullAdapter;
    await adapter.ping();
    const pending = codesOf([adapter.get('key'), adapter.set('key', 'value', minuteMs)]);
    await Promise.all([adapter.close(), adapter.close()]);
    expect(new Set(await pending)).toEqual(new Set(['CACHE_CLOSED']));
    expect(new Set(await codesOf(operations(adapter)))).toEqual(new Set(['CACHE_CLOSED']));
    expect(await codeOf(adapter.getMany([]))).toBe('CACHE_CLOSED');
    adapter.recycle();
    await adapter.close();
  });

  test('close: while connecting, and before anything was asked', async () => {
    const adapter = memcachedAdapter({ url: server.url }) as FullAdapter;
    const pending = codesOf(operations(adapter));
    await adapter.close();
    expect(new Set(await pending)).toEqual(new Set(['CACHE_CLOSED']));
    await memcachedAdapter({ url: server.url }).close();
  });

  test('one connection, opened when it is first needed, closed with the adapter', async () => {
    await using proxy = await startProxy({ upstream: server });
    const adapter = memcachedAdapter({ url: proxy.url('tcp') }) as FullAdapter;
    await new Promise((resolve) => setImmediate(resolve));
    expect(proxy.accepted).toBe(0);
    await Promise.all(Array.from({ length: 50 }, () => adapter.get('key')));
    expect(proxy.accepted).toBe(1);
    await adapter.close();
    await until(() => proxy.connections === 0);
  });

  test('bad arguments reject, they do not throw and never reach the server', async () => {
    const adapter = memcachedAdapter({ url: 'tcp://127.0.0.1:1' }) as FullAdapter;
    expect(await codeOf(adapter.get(''))).toBe('CACHE_KEY_INVALID');
    expect(await codeOf(adapter.get(5 as never))).toBe('CACHE_KEY_INVALID');
    expect(await codeOf(adapter.getMany(['k'.repeat(251)]))).toBe('CACHE_KEY_TOO_LONG');
    expect(await codeOf(adapter.set('k', '!lease:x', 1))).toBe('CACHE_VALUE_INVALID');
    expect(await codeOf(adapter.fill('k', 't', '\ud800', 1))).toBe('CACHE_VALUE_INVALID');
    for (const ttlMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(await codeOf(adapter.set('k', 'v', ttlMs))).toBe('CACHE_TTL_INVALID');
      expect(await codeOf(adapter.lease('k', 't', ttlMs))).toBe('CACHE_TTL_INVALID');
      expect(await codeOf(adapter.fill('k', 't', 'v', ttlMs))).toBe('CACHE_TTL_INVALID');
    }
    await adapter.close();
  });

  test('a process that uses it prints nothing, rejects nothing unseen, and ends by itself', async () => {
    const script = fileURLToPath(new URL('quiet-process.ts', import.meta.url));
    const args = ['--conditions=tasker-source', script, server.url];
    const run = promisify(execFile)(process.execPath, args, { timeout: 20_000 });
    expect(await run).toEqual({ stdout: 'done', stderr: '' });
  });
});
