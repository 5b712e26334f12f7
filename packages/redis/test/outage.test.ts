import { type OwnServer, startServer } from '@tasker-cache/conformance';
import type { CacheAdapter } from '@tasker-cache/core';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { redisAdapter } from '../src/index.ts';
import { failure, settles, until } from './support/failure.ts';
import { openSockets } from './support/open-sockets.ts';

describe('outages', () => {
  let server: OwnServer;
  let adapter: Required<CacheAdapter>;

  beforeEach(async () => {
    server = await startServer('redis-8.0', { how: 'own' });
    adapter = redisAdapter({ url: server.url }) as Required<CacheAdapter>;
  });

  afterEach(async () => {
    await server.thaw();
    await adapter.close();
    await server.stop();
  });

  test('a server that is away: creating works, operations reject, later ones succeed', async () => {
    await server.kill();
    const { code, message } = await failure(adapter.get('k'));
    expect(code).toBe('CACHE_UNAVAILABLE');
    expect(message).toBe(
      `Adapter 'redis' could not get(): no connection to ${server.url}: ` +
        `connect ECONNREFUSED ${server.host}:${server.port}`,
    );
    await server.restart();
    await until(() => adapter.ping().then(() => true), 2000);
  });

  test('a killed server rejects what is pending, then all at once, and is found again', async () => {
    await adapter.ping();
    await server.freeze();
    const pending = [adapter.get('a'), adapter.set('b', 'v', 1000), adapter.getMany(['c'])];
    for (const promise of pending) promise.catch(() => {});
    await server.kill();
    for (const promise of pending) expect((await failure(promise)).code).toBe('CACHE_UNAVAILABLE');
    await failure(adapter.get('d'));
    for (let i = 0; i < 20; i++) {
      const refused = adapter.get('e');
      expect(await settles(refused, 100)).toBe(true);
      expect((await failure(refused)).code).toBe('CACHE_UNAVAILABLE');
    }
    await server.restart();
    await until(() => adapter.ping().then(() => true), 1500);
    expect(await adapter.lease('l', 't', 1000)).toEqual({ state: 'granted' });
    expect(await adapter.fill('l', 't', 'v', 1000)).toBe(true);
  });

  test('what follows a rejection in the same moment settles too', async () => {
    await adapter.ping();
    await server.freeze();
    const chains = Array.from({ length: 10 }, async (_, i) => {
      for (let k = 0; k < 20; k++) await adapter.get(`${i}`).catch(() => {});
    });
    await server.kill();
    expect(await settles(Promise.all(chains), 1000)).toBe(true);
  });

  test('an attempt to connect again is given up sooner than the first', async () => {
    await adapter.ping();
    await server.freeze();
    adapter.recycle();
    const { code, message } = await failure(adapter.get('k'));
    expect(code).toBe('CACHE_UNAVAILABLE');
    expect(message).toMatch(/no answer within 1\d\d\d ms/);
  });

  test('a long outage does not make the next attempt late', async () => {
    await server.kill();
    const end = performance.now() + 2500;
    while (performance.now() < end) {
      expect((await failure(adapter.get('k'))).code).toBe('CACHE_UNAVAILABLE');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await server.restart();
    await until(() => adapter.ping().then(() => true), 1000);
  });

  test('operations wait for the replacement of a connection that was cut', async () => {
    await adapter.set('k', 'v', 60_000);
    // One that ends sooner counts as a failed attempt, after which nothing waits.
    await new Promise((resolve) => setTimeout(resolve, 1050));
    const plain = new Redis(server.url);
    await plain.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    let rejections = 0;
    await until(async () => {
      rejections++;
      return (await adapter.get('k')) === 'v';
    });
    // The operation that was under way, and one that met the closing socket.
    expect(rejections - 1).toBeLessThanOrEqual(2);
    plain.disconnect();
  });

  test('a frozen server: recycle rejects what is pending, and thawing is enough', async () => {
    await adapter.set('k', 'v', 60_000);
    await server.freeze();
    const pending = [adapter.get('k'), adapter.delete('k')];
    for (const promise of pending) promise.catch(() => {});
    expect(await settles(Promise.all(pending), 50)).toBe(false);
    adapter.recycle();
    for (const promise of pending) {
      expect(await settles(promise, 1000)).toBe(true);
      expect((await failure(promise)).code).toBe('CACHE_UNAVAILABLE');
    }
    const waiting = adapter.get('other');
    waiting.catch(() => {});
    adapter.recycle();
    await server.thaw();
    expect(await waiting).toBeUndefined();
  });

  test('recycle replaces the connection, and nothing is lost but what was pending', async () => {
    const plain = new Redis(server.url);
    const connections = async () => {
      const list = (await plain.client('LIST', 'TYPE', 'NORMAL')) as string;
      return [...list.matchAll(/^id=(\d+) .*lib-name=ioredis\(tasker-cache\)/gm)].map(
        ([, id]) => id,
      );
    };
    adapter.recycle();
    expect(await connections()).toEqual([]);
    await adapter.set('k', 'v', 60_000);
    const [before, ...none] = await connections();
    expect(none).toEqual([]);
    adapter.recycle();
    expect(await adapter.get('k')).toBe('v');
    const after = await until(async () => {
      const ids = await connections();
      return ids.length === 1 && ids;
    });
    expect(after).not.toEqual([before]);
    plain.disconnect();
  });

  test('a server that accepts and says nothing is given up after connectionTimeoutMs', async () => {
    await server.freeze();
    const hasty = redisAdapter({ url: server.url, connectionTimeoutMs: 200 });
    const { code, message } = await failure(hasty.ping());
    expect(code).toBe('CACHE_UNAVAILABLE');
    expect(message).toMatch(/no answer within 200 ms/);
    expect(await settles(hasty.get('k'), 100)).toBe(true);
    await server.thaw();
    await until(() => hasty.ping().then(() => true), 2000);
    await hasty.close();
  });

  test.each([
    ['never connected', async () => {}],
    ['connected', () => adapter.ping()],
    ['connecting', async () => void failure(adapter.get('k'))],
    [
      'connecting to a frozen server',
      async () => {
        await server.freeze();
        void failure(adapter.get('k'));
        await new Promise((resolve) => setTimeout(resolve, 50));
      },
    ],
    [
      'connected to a frozen server',
      async () => {
        await adapter.ping();
        await server.freeze();
        void failure(adapter.get('k'));
      },
    ],
    [
      'waiting for the next attempt',
      async () => {
        await server.kill();
        await failure(adapter.get('k'));
      },
    ],
  ])('close while %s: pending operations reject, nothing stays open', async (_, prepare) => {
    await prepare();
    const pending = adapter.get('pending').catch((error) => error.code);
    const closing = adapter.close();
    expect(await settles(closing, 2000)).toBe(true);
    expect(await pending).toBe('CACHE_CLOSED');
    expect((await failure(adapter.get('later'))).code).toBe('CACHE_CLOSED');
    await adapter.close();
    adapter.recycle();
    expect(openSockets([server.port])).toBe(0);
  });
});
