import { type OwnServer, startServer } from '@tasker-cache/conformance';
import type { CacheAdapter } from '@tasker-cache/core';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RedisAdapterOptions, redisAdapter } from '../src/index.ts';
import { failure, until } from './support/failure.ts';

describe('what a server refuses', () => {
  let server: OwnServer;
  let plain: Redis;
  const adapters: CacheAdapter[] = [];
  const open = (options: RedisAdapterOptions) => {
    const adapter = redisAdapter(options) as Required<CacheAdapter>;
    adapters.push(adapter);
    return adapter;
  };

  beforeAll(async () => {
    server = await startServer('redis-8.0', {
      how: 'own',
      args: ['--enable-debug-command', 'local', '--maxmemory-policy', 'noeviction'],
    });
    plain = new Redis(server.url);
    await plain.acl('SETUSER', 'ann', 'on', '>right', '~*', '+@all', '-@dangerous', '-set');
  });

  afterAll(async () => {
    await Promise.all(adapters.map((adapter) => adapter.close()));
    plain?.disconnect();
    await server?.stop();
  });

  test('a wrong password: an outage that names neither the user nor the password', async () => {
    const url = server.url.replace('//', '//ann:hunter2@');
    const adapter = open({ url });
    for (const promise of [adapter.get('k'), adapter.get('k'), adapter.ping()]) {
      const error = await failure(promise);
      expect(error.code).toBe('CACHE_UNAVAILABLE');
      expect(error.message).toMatch(/refused the user name or the password/);
      const shown = [error.message, error.stack, JSON.stringify(error), error.cause].join();
      expect(shown).not.toMatch(/hunter2|ann\b/);
    }
    await plain.acl('SETUSER', 'ann', '>hunter2');
    await until(() => adapter.get('k').then(() => true), 1500);
  });

  test('no password where one is wanted', async () => {
    await plain.acl('SETUSER', 'default', 'resetpass', '>right');
    try {
      const error = await failure(open({ url: server.url }).get('k'));
      expect(error.code).toBe('CACHE_UNAVAILABLE');
      expect(error.message).toMatch(/wants a password, and none was given/);
      await open({ url: server.url, password: 'right' }).ping();
      await open({ url: server.url, username: 'ann', password: 'right' }).ping();
    } finally {
      await plain.acl('SETUSER', 'default', 'nopass');
    }
  });

  test('a server with too many clients says so, and lets in as soon as it can', async () => {
    await plain.config('SET', 'maxclients', 1);
    const adapter = open({ url: server.url });
    try {
      // What it says is lost when the connection breaks while we write.
      await until(async () => {
        const { code, message } = await failure(adapter.get('k'));
        expect(code).toBe('CACHE_UNAVAILABLE');
        return /max number of clients reached/.test(message);
      });
    } finally {
      await plain.config('SET', 'maxclients', 100);
    }
    await until(() => adapter.ping().then(() => true));
  });

  test('a read that the ACL denies is sent once a second, and a mended ACL is noticed', async () => {
    await plain.acl('SETUSER', 'bob', 'on', '>right', '~*', '+@all', '-get', '-mget');
    const adapter = open({ url: server.url, username: 'bob', password: 'right' });
    await plain.acl('LOG', 'RESET');
    for (let n = 0; n < 20; n++) {
      const { code, message } = await failure(adapter.get('denied:k'));
      expect([code, message]).toEqual(['CACHE_REFUSED', expect.stringMatching(/permission/)]);
    }
    // One entry: 'count', how often, 'reason', and so on.
    const log = (await plain.acl('LOG')) as unknown as unknown[][];
    expect(log.map(([, count]) => count)).toEqual([1]);
    await adapter.set('denied:k', 'v', 60_000);
    await plain.acl('SETUSER', 'bob', '+get');
    await until(() => adapter.get('denied:k').then((value) => value === 'v'), 1500);
  });

  test('a user without the permission', async () => {
    const adapter = open({ url: server.url, username: 'ann', password: 'right' });
    const error = await failure(adapter.set('k', 'v', 1000));
    expect([error.code, error.message]).toEqual([
      'CACHE_REFUSED',
      expect.stringMatching(/^(?!.*ann).*the user lacks the permission/),
    ]);
    expect(await adapter.get('k')).toBeUndefined();
  });

  test('a full server refuses to store, and still reads and deletes', async () => {
    const adapter = open({ url: server.url });
    await adapter.set('full:k', 'v', 60_000);
    await adapter.lease('full:l', 't', 60_000);
    await plain.config('SET', 'maxmemory', '1kb');
    const refused = await Promise.all([
      failure(adapter.set('full:k', 'w', 60_000)),
      failure(adapter.lease('full:m', 't', 60_000)),
      failure(adapter.fill('full:l', 't', 'v', 60_000)),
    ]);
    for (const error of refused) {
      expect(error.code).toBe('CACHE_REFUSED');
      expect(error.message).toMatch(/the server is full/);
    }
    expect(await adapter.get('full:k')).toBe('v');
    expect(await adapter.delete('full:k')).toBe(true);
    expect(await adapter.deletePrefix('full:')).toBe(1);
    await plain.config('SET', 'maxmemory', '0');
  });

  test('a replica: writes are refused, reads are not', async () => {
    const replica = await startServer('redis-8.0', {
      how: 'own',
      args: ['--replicaof', server.host, `${server.port}`],
    });
    const adapter = open({ url: replica.url });
    const error = await failure(adapter.set('k', 'v', 1000));
    expect([error.code, error.message]).toEqual([
      'CACHE_REFUSED',
      expect.stringMatching(/read-only replica/),
    ]);
    expect(await adapter.get('k')).toBeUndefined();
    await replica.stop();
  });

  test('a server that loads its data is an outage, also for one who connects meanwhile', async () => {
    await plain.mset(Array.from({ length: 2000 }, (_, i) => [`load:${i}`, 'v']).flat());
    const before = open({ url: server.url });
    await before.ping();
    await plain.config(
      'SET',
      'key-load-delay',
      '500',
      'loading-process-events-interval-bytes',
      '1024',
    );
    const reload = plain.call('DEBUG', 'RELOAD');
    const during = open({ url: server.url });
    for (const adapter of [before, during]) {
      const error = await until(
        () =>
          adapter.get('load:1').then(
            () => undefined,
            (it) => it,
          ),
        1000,
      );
      expect(error.code).toBe('CACHE_UNAVAILABLE');
      expect(error.message).toMatch(/still loading its data/);
    }
    await reload;
    for (const adapter of [before, during])
      expect(await until(() => adapter.get('load:1'), 1000)).toBe('v');
  });
});
