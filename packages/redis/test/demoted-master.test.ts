import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { type OwnServer, startServer } from '@tasker-cache/conformance';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { redisAdapter } from '../src/index.ts';
import { failure, until } from './support/failure.ts';

describe('a master that became a replica, and keeps its connections', () => {
  let old: OwnServer;
  let admin: Redis;

  beforeEach(async () => {
    old = await startServer('redis-8.0', { how: 'own' });
    admin = new Redis(old.port, old.host);
  });

  afterEach(async () => {
    admin.disconnect();
    await old.stop();
  });

  const open = (port: number) => {
    const adapter = redisAdapter({ url: `redis://127.0.0.1:${port}` });
    onTestFinished(() => adapter.close());
    return adapter;
  };

  test('a name that leads to the new master by now is followed; pending reads are answered', async () => {
    const next = await startServer('redis-8.0', { how: 'own' });
    onTestFinished(() => next.stop());
    const name = await relay(old.port);
    const adapter = open(name.port);
    await adapter.set('k', 'v', 60_000);
    await admin.replicaof(next.host, next.port);
    name.leadsTo(next.port);
    await until(async () => {
      const reads = Promise.all(Array.from({ length: 100 }, () => adapter.get('none')));
      const write = adapter.set('k', 'new', 60_000).then(
        () => true,
        (error) => error.code,
      );
      expect(await reads).toEqual(Array(100).fill(undefined));
      expect([true, 'CACHE_REFUSED']).toContain(await write);
      return (await write) === true;
    });
    const client = new Redis(next.port, next.host);
    onTestFinished(() => client.disconnect());
    expect(await client.get('k')).toBe('new');
  });

  test('a script that it refuses leads to the new connection too', async () => {
    const next = await startServer('redis-8.0', { how: 'own' });
    onTestFinished(() => next.stop());
    const name = await relay(old.port);
    const adapter = open(name.port) as Required<ReturnType<typeof open>>;
    await adapter.lease('k', 'token', 60_000);
    await admin.replicaof('127.0.0.1', 1);
    const { code, message } = await failure(adapter.fill('k', 'token', 'v', 60_000));
    expect([code, message]).toEqual(['CACHE_REFUSED', expect.stringMatching(/READONLY/)]);
    name.leadsTo(next.port);
    // The new master has no lease of that key.
    await until(async () => (await adapter.fill('k', 'token', 'v', 60_000)) === false);
  });

  test('one that stays a replica is asked on a new connection once a second at most', async () => {
    const adapter = open(old.port);
    await adapter.ping();
    const count = async () =>
      Number(/total_connections_received:(\d+)/.exec(await admin.info('stats'))?.[1]);
    const before = await count();
    await admin.replicaof('127.0.0.1', 1);
    const startedAt = performance.now();
    await until(async () => {
      expect((await failure(adapter.set('k', 'v', 60_000))).code).toBe('CACHE_REFUSED');
      return (await count()) > before + 1;
    });
    expect(await adapter.get('k')).toBeUndefined();
    const seconds = (performance.now() - startedAt) / 1000;
    expect((await count()) - before).toBeLessThanOrEqual(seconds + 1);
  });
});

/** A name in a server's place: connections that it made stay with whom it led to then. */
async function relay(port: number): Promise<{ port: number; leadsTo(port: number): void }> {
  let target = port;
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) socket.on('error', () => {});
    client.pipe(upstream).pipe(client);
    onTestFinished(() => void upstream.destroy());
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    leadsTo: (other) => {
      target = other;
    },
  };
}
