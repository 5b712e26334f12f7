import { type OwnServer, startServer } from '@tasker-cache/conformance';
import type { CacheAdapter } from '@tasker-cache/core';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redisAdapter } from '../src/index.ts';
import { failure, settles } from './support/failure.ts';

describe('a client of the caller', () => {
  let server: OwnServer;
  let client: Redis;

  beforeAll(async () => {
    server = await startServer('redis-8.0', { how: 'own' });
    client = new Redis(server.url);
  });

  afterAll(async () => {
    client?.disconnect();
    await server?.stop();
  });

  test('serves all operations, and outlives the adapter', async () => {
    const adapter = redisAdapter({ client }) as Required<CacheAdapter>;
    await adapter.set('k', 'v', 60_000);
    expect(await adapter.get('k')).toBe('v');
    expect(await adapter.getMany(['k', 'none'])).toEqual(['v', undefined]);
    expect(await adapter.lease('l', 't', 1000)).toEqual({ state: 'granted' });
    expect(await adapter.fill('l', 't', 'v', 1000)).toBe(true);
    expect(await adapter.deletePrefix('k')).toBe(1);
    await adapter.close();
    expect((await failure(adapter.get('k'))).code).toBe('CACHE_CLOSED');
    expect(await client.ping()).toBe('PONG');
  });

  test('recycle reconnects the client', async () => {
    const adapter = redisAdapter({ client }) as Required<CacheAdapter>;
    await adapter.ping();
    const id = await client.client('ID');
    adapter.recycle();
    expect(await adapter.get('k')).toBeUndefined();
    expect(await client.client('ID')).not.toBe(id);
    await adapter.close();
  });

  test('many recycles, as after many deadlines, reconnect once', async () => {
    const adapter = redisAdapter({ client }) as Required<CacheAdapter>;
    await adapter.ping();
    const before = Number(await client.client('ID'));
    for (let i = 0; i < 200; i++) {
      adapter.recycle();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await adapter.ping();
    for (let i = 0; i < 20; i++) await adapter.get('k');
    // The server numbers its connections.
    expect(Number(await client.client('ID')) - before).toBe(1);
    await adapter.close();
  });

  test('what was pending at close rejects, though the client stays', async () => {
    const adapter = redisAdapter({ client });
    await adapter.ping();
    await server.freeze();
    const pending = adapter.get('k');
    pending.catch(() => {});
    await adapter.close();
    await server.thaw();
    expect(await settles(pending, 1000)).toBe(true);
    expect((await failure(pending)).code).toBe('CACHE_CLOSED');
  });

  test('speaks RESP3 with maps as objects too', async () => {
    const modern = new Redis({ port: server.port, protocol: 3, replyMapping: 'resp3' });
    const products: string[] = [];
    const onServer = ({ product, version }: { product: string; version: string }) =>
      products.push(`${product} ${version}`);
    const adapter = redisAdapter({ client: modern, onServer }) as Required<CacheAdapter>;
    expect(await adapter.lease('r3', 't', 1000)).toEqual({ state: 'granted' });
    expect(products).toEqual([`redis ${server.version}`]);
    modern.disconnect();
  });
});
