import { type OwnServer, startServer } from '@tasker-cache/conformance';
import type { CacheAdapter } from '@tasker-cache/core';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { redisAdapter } from '../src/index.ts';
import { failure, settles, until } from './support/failure.ts';
import { openSockets } from './support/open-sockets.ts';

const keys = Array.from({ length: 300 }, (_, i) => `cluster:${i}`);

/** The index of the node that has the slot, as `asked` sees it. */
async function ownerOf(nodes: readonly Redis[], slot: number, asked?: Redis): Promise<number> {
  const slots = (await asked?.cluster('SLOTS')) ?? [];
  const port = slots.find(([first, last]) => first <= slot && slot <= last)?.[2]?.[1];
  return nodes.findIndex(({ options }) => options.port === port);
}

/** Gives the slot to another node; resolves when all of them know. */
async function moveSlot(nodes: readonly Redis[], slot: number): Promise<void> {
  const next = ((await ownerOf(nodes, slot, nodes[0])) + 1) % nodes.length;
  // Without a newer epoch, the nodes would agree on the old owner again.
  await nodes[next]?.cluster('BUMPEPOCH');
  const id = (await nodes[next]?.cluster('MYID')) as string;
  for (const node of nodes) await node.cluster('SETSLOT', slot, 'NODE', id);
  for (const node of nodes)
    await until(async () => (await ownerOf(nodes, slot, node)) === next, 15_000);
}

describe('a cluster', () => {
  let server: OwnServer;
  let url: string;
  const adapters: CacheAdapter[] = [];
  const open = () => {
    const adapter = redisAdapter({ url }) as Required<CacheAdapter>;
    adapters.push(adapter);
    return adapter;
  };

  const clients: Redis[] = [];
  const connectNodes = () => {
    clients.push(...server.nodes.map(({ host, port }) => new Redis({ host, port })));
    return clients;
  };

  beforeAll(async () => {
    server = await startServer('redis-cluster', { how: 'own' });
    url = `redis+cluster://${server.nodes.map(({ host, port }) => `${host}:${port}`).join(',')}`;
  });

  afterEach(async () => {
    await server.thaw();
    for (const client of clients.splice(0)) client.disconnect();
    await Promise.all(adapters.splice(0).map((adapter) => adapter.close()));
  });

  afterAll(() => server?.stop());

  test('serves keys of all masters from the first operation on', async () => {
    const adapter = open();
    await Promise.all(keys.map((key) => adapter.set(key, `value of ${key}`, 60_000)));
    expect(await Promise.all(keys.map((key) => adapter.get(key)))).toEqual(
      keys.map((key) => `value of ${key}`),
    );
    expect(await adapter.getMany([...keys, 'none', '{tag}a', '{tag}b'])).toEqual([
      ...keys.map((key) => `value of ${key}`),
      undefined,
      undefined,
      undefined,
    ]);
    expect(await adapter.delete('cluster:0')).toBe(true);
    await adapter.ping();
  });

  test('leases and fills on every master, with scripts', async () => {
    const adapter = open();
    for (const key of keys.slice(0, 30).map((it) => `lease:${it}`)) {
      expect(await adapter.lease(key, 'one', 60_000)).toEqual({ state: 'granted' });
      expect(await adapter.lease(key, 'two', 60_000)).toEqual({ state: 'held', token: 'one' });
      expect(await adapter.fill(key, 'two', 'v', 60_000)).toBe(false);
      expect(await adapter.fill(key, 'one', 'v', 60_000)).toBe(true);
    }
    expect(await adapter.deletePrefix('lease:')).toBe(30);
  });

  test('deletes by prefix on all masters, and nothing else', async () => {
    const adapter = open();
    await Promise.all(keys.map((key) => adapter.set(`p${key}`, 'v', 60_000)));
    await adapter.set('q', 'v', 60_000);
    expect(await adapter.deletePrefix('p')).toBe(keys.length);
    expect(await adapter.getMany(['p0', 'q'])).toEqual([undefined, 'v']);
  });

  test('a slot that moves is followed', async () => {
    const adapter = open();
    await adapter.set('{moving}', 'v', 60_000);
    await adapter.delete('{moving}');
    const nodes = connectNodes();
    const slot = (await nodes[0]?.cluster('KEYSLOT', '{moving}')) as number;
    await moveSlot(nodes, slot);
    await adapter.set('{moving}', 'moved', 60_000);
    expect(await adapter.get('{moving}')).toBe('moved');
  });

  test('deletePrefix rejects while a slot has no master: keys may be out of reach', async () => {
    const adapter = open();
    expect(await adapter.deletePrefix('none:')).toBe(0);
    const nodes = connectNodes();
    const owner = nodes[await ownerOf(nodes, 0, nodes[0])] as Redis;
    // The owner first: it would announce the slot to the others again.
    await owner.cluster('DELSLOTS', 0);
    for (const node of nodes) if (node !== owner) await node.cluster('DELSLOTS', 0);
    const error = await failure(adapter.deletePrefix('none:'));
    expect(error.code).toBe('CACHE_UNAVAILABLE');
    expect(error.message).toMatch(/only 16383 of the cluster's 16384 slots have a master/);
    await owner.cluster('ADDSLOTS', 0);
    for (const node of nodes)
      await until(async () => /state:ok/.test((await node.cluster('INFO')) as string), 15_000);
    expect(await adapter.deletePrefix('none:')).toBe(0);
  });

  test('deletePrefix rejects when the layout changes meanwhile: a key may have escaped', async () => {
    const adapter = open();
    const many = Array.from({ length: 5000 }, (_, i) => `layout:${i}`);
    await Promise.all(many.map((key) => adapter.set(key, 'v', 60_000)));
    const nodes = connectNodes();
    const deletion = failure(adapter.deletePrefix('layout:'));
    await moveSlot(nodes, 1);
    const { code, message } = await deletion;
    expect([code, message]).toEqual([
      'CACHE_UNAVAILABLE',
      expect.stringMatching(/the layout of the cluster changed/),
    ]);
    expect(await adapter.deletePrefix('layout:')).toBeGreaterThanOrEqual(0);
  });

  test('one dead master: its keys reject at once, others are served, and it is found again', async () => {
    const adapter = open();
    await adapter.getMany(keys);
    const last = server.nodes[2];
    await last?.kill?.();
    const outcomes = await Promise.all(
      keys.map(async (key) => {
        const promise = adapter.get(key);
        expect(await settles(promise, 1000)).toBe(true);
        return promise.then(
          () => 'served',
          (error) => error.code,
        );
      }),
    );
    expect(new Set(outcomes)).toEqual(new Set(['served', 'CACHE_UNAVAILABLE']));
    expect((await failure(adapter.deletePrefix('cluster:'))).code).toBe('CACHE_UNAVAILABLE');
    expect((await failure(adapter.ping())).code).toBe('CACHE_UNAVAILABLE');
    await last?.restart?.();
    await until(() => Promise.all(keys.map((key) => adapter.get(key))), 10_000);
    await until(() => adapter.ping().then(() => true), 1500);
    await until(() => adapter.deletePrefix('cluster:'), 1500);
  });

  test('one frozen master: others are served, by who connects meanwhile too', async () => {
    const nodes = connectNodes();
    for (const node of nodes) await node.config('SET', 'cluster-require-full-coverage', 'no');
    const connected = open();
    await connected.getMany(keys);
    await server.nodes[1]?.freeze?.();
    const served = async (adapter: CacheAdapter) => {
      let count = 0;
      const reads = keys.map((key) => adapter.get(key).then(() => count++));
      await settles(Promise.allSettled(reads), 3000);
      return count;
    };
    const counts = [await served(connected), await served(open())];
    connected.recycle();
    counts.push(await served(connected));
    for (const count of counts) {
      expect(count).toBeGreaterThan(keys.length / 2);
      expect(count).toBeLessThan(keys.length);
    }
    await server.thaw();
    for (const node of nodes) await node.config('SET', 'cluster-require-full-coverage', 'yes');
    await until(() => Promise.all(keys.map((key) => connected.get(key))), 10_000);
  });

  test('all dead: rejects at once, and is found again', async () => {
    const adapter = open();
    await adapter.ping();
    await server.kill();
    for (const key of keys.slice(0, 20)) {
      const promise = adapter.get(key);
      expect(await settles(promise, 1000)).toBe(true);
      expect((await failure(promise)).code).toBe('CACHE_UNAVAILABLE');
    }
    await server.restart();
    await until(() => Promise.all(keys.map((key) => adapter.get(key))), 10_000);
  });

  test.each([
    ['never connected', async () => {}],
    ['connecting', async (adapter: CacheAdapter) => void failure(adapter.get('k'))],
    ['connected', (adapter: CacheAdapter) => adapter.ping()],
    [
      'frozen',
      async (adapter: CacheAdapter) => {
        await adapter.ping();
        await server.freeze();
        for (const key of keys) void failure(adapter.get(key));
      },
    ],
    [
      'connecting to frozen masters',
      async (adapter: CacheAdapter) => {
        await server.freeze();
        void failure(adapter.get('k'));
        await new Promise((resolve) => setTimeout(resolve, 50));
      },
    ],
  ])('close while %s leaves nothing open', async (_, prepare) => {
    const adapter = open();
    await prepare(adapter);
    const pending = adapter.get('pending').catch((error) => error.code);
    expect(await settles(adapter.close(), 2000)).toBe(true);
    expect(await pending).toBe('CACHE_CLOSED');
    expect(openSockets(server.nodes.map(({ port }) => port))).toBe(0);
  });
});
