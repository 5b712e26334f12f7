import { once } from 'node:events';
import { type OwnServer, startServer } from '@tasker-cache/conformance';
import type { CacheAdapter } from '@tasker-cache/core';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { redisAdapter } from '../src/index.ts';
import { failure, settles, until } from './support/failure.ts';
import { openSockets } from './support/open-sockets.ts';
import { respServer } from './support/resp-server.ts';

describe('a master behind sentinels', () => {
  let server: OwnServer;
  const adapters: CacheAdapter[] = [];
  const open = (hosts: string, master = 'tasker') => {
    const url = `redis+sentinel://${hosts}/${master}`;
    const adapter = redisAdapter({ url, connectionTimeoutMs: 1000 }) as Required<CacheAdapter>;
    adapters.push(adapter);
    return adapter;
  };
  const sentinel = () => `127.0.0.1:${server.nodes[2]?.port}`;

  beforeAll(async () => {
    server = await startServer('redis-sentinel', { how: 'own' });
  });

  afterEach(async () => {
    await server.thaw();
    await Promise.all(adapters.splice(0).map((adapter) => adapter.close()));
  });

  afterAll(() => server?.stop());

  test('is found, also when the first sentinel is away', async () => {
    for (const hosts of [sentinel(), `127.0.0.1:1,${sentinel()}`]) {
      const adapter = open(hosts);
      await adapter.set('k', 'v', 60_000);
      expect(await adapter.get('k')).toBe('v');
    }
  });

  test('is found, also when the first sentinel turns everybody away', async () => {
    await using full = await respServer((_, socket) => {
      socket.end('-ERR max number of clients reached\r\n');
      return undefined;
    });
    const adapter = open(`${new URL(full.url).host},${sentinel()}`);
    await adapter.set('k', 'v', 60_000);
    expect(await adapter.get('k')).toBe('v');
  });

  test('a name that no sentinel knows, and sentinels that are away, are outages', async () => {
    const unknown = await failure(open(sentinel(), 'nobody').get('k'));
    expect(unknown.code).toBe('CACHE_UNAVAILABLE');
    expect(unknown.message).toMatch(/redis\+sentinel:\/\/.*\/nobody: .*invalid reply: null/);
    const away = await failure(open('127.0.0.1:1').get('k'));
    expect(away.message).toMatch(/ECONNREFUSED 127.0.0.1:1/);
  });

  test('a password is for the data nodes, and for sentinels that want one', async () => {
    const { host, port } = server;
    const master = new Redis({ host, port });
    const watcher = new Redis({ host, port: Number(sentinel().split(':')[1]) });
    await watcher.call('SENTINEL', 'SET', 'tasker', 'auth-pass', 'secret');
    await master.acl('SETUSER', 'default', 'resetpass', '>secret');
    const warn = vi.spyOn(console, 'warn');
    try {
      await open(`:secret@${sentinel()}`).ping();
      await watcher.acl('SETUSER', 'default', 'resetpass', '>secret');
      await open(`:secret@${sentinel()}`).ping();
      expect((await failure(open(sentinel()).ping())).message).toMatch(/NOAUTH/);
      expect(warn).not.toHaveBeenCalled();
    } finally {
      await watcher.acl('SETUSER', 'default', 'nopass');
      await master.acl('SETUSER', 'default', 'nopass');
    }
    master.disconnect();
    watcher.disconnect();
    // The next test freezes the sentinel, which would keep the socket open.
    await once(watcher, 'end');
  });

  test('close while a sentinel does not answer leaves nothing open', async () => {
    const [, , node] = server.nodes;
    await node?.freeze?.();
    const adapter = open(sentinel());
    const pending = adapter.get('k').catch((error) => error.code);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await settles(adapter.close(), 2000)).toBe(true);
    expect(await pending).toBe('CACHE_CLOSED');
    expect(openSockets(server.nodes.map(({ port }) => port))).toBe(0);
  });

  // A sentinel that a busy machine held up for 2 s does nothing for 30 s (TILT mode).
  test('another master takes over: the adapter follows it', { timeout: 90_000 }, async () => {
    const adapter = open(sentinel());
    await adapter.set('k', 'v', 60_000);
    await server.nodes[0]?.kill?.();
    await failure(adapter.get('k'));
    await until(() => adapter.set('after', 'v', 60_000).then(() => true), 60_000);
    expect(await adapter.get('after')).toBe('v');
  });
});
