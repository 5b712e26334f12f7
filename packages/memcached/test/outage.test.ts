import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type OwnServer, startProxy, startServer } from '@tasker-cache/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memcachedAdapter } from '../src/index.ts';
import {
  codeOf,
  codesOf,
  type FullAdapter,
  minuteMs,
  pendingAfter,
  until,
  versions,
} from './helpers.ts';

const unavailable = 'CACHE_UNAVAILABLE';
const outages = ['CACHE_TIMEOUT', unavailable];

/** One of each, at once. */
const everyOperation = (adapter: FullAdapter): Promise<unknown>[] => [
  adapter.get('key'),
  adapter.getMany(['key', 'other']),
  adapter.set('key', 'value', minuteMs),
  adapter.delete('other'),
  adapter.lease('leased', 'token', minuteMs),
  adapter.fill('leased', 'token', 'value', minuteMs),
  adapter.ping(),
];

describe.each(versions)('%s fails', (version) => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await startServer(version, { how: 'own' });
  });
  afterAll(() => server.stop());

  const create = (url: string, operationTimeoutMs = 300) =>
    memcachedAdapter({ url, operationTimeoutMs }) as FullAdapter;

  test('killed and started again: the first call after that is answered', async () => {
    const adapter = create(server.url);
    await adapter.set('key', 'value', minuteMs);
    await server.kill();
    expect(new Set(await codesOf(everyOperation(adapter)))).toEqual(new Set([unavailable]));
    await server.restart();
    const began = performance.now();
    expect(await adapter.get('key')).toBeUndefined();
    await adapter.set('key', 'again', minuteMs);
    expect(await adapter.get('key')).toBe('again');
    expect(performance.now() - began).toBeLessThan(1_000);
    await adapter.close();
  });

  test('killed under load: every call settles, and later ones are answered', async () => {
    const adapter = create(server.url);
    await adapter.ping();
    const calls = Array.from({ length: 200 }, (_, index) =>
      adapter.set(`key:${index}`, 'x'.repeat(10_000), minuteMs),
    );
    const pending = pendingAfter(calls, 2_000);
    await server.kill();
    expect(await pending).toBe(0);
    await server.restart();
    await adapter.set('key', 'value', minuteMs);
    expect(await adapter.get('key')).toBe('value');
    await adapter.close();
  });

  test('frozen under steady load: every call settles by its deadline, and thawing is enough', async () => {
    const adapter = create(server.url, 200);
    await adapter.set('key', 'value', minuteMs);
    await server.freeze();
    await until(async () => (await codeOf(adapter.get('key'))) === 'CACHE_TIMEOUT');
    const calls: Promise<unknown>[] = [];
    const ages: number[] = [];
    const frozenAt = performance.now();
    while (performance.now() - frozenAt < 1_200) {
      const began = performance.now();
      const call = adapter.get('key');
      call.then(
        () => {},
        () => ages.push(performance.now() - began),
      );
      calls.push(call);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(await pendingAfter(calls, 1_000)).toBe(0);
    await server.thaw();
    expect(new Set(await codesOf(calls))).toEqual(new Set(outages));
    expect(Math.max(...ages)).toBeLessThan(1_000);
    await until(async () => (await codeOf(adapter.get('key'))) === 'resolved');
    expect(await adapter.get('key')).toBe('value');
    await adapter.close();
  });

  test.each([
    'finPending',
    'halfFrame',
    'severMidReply',
    'refuse',
    'garbage',
    'hugeLength',
    'blackHole',
  ] as const)('%s: every pending call settles, and later ones are answered', async (fault) => {
    await using proxy = await startProxy({ upstream: server });
    const adapter = create(proxy.url('tcp'));
    await adapter.set('key', 'value', minuteMs);
    await proxy[fault]();
    for (const _ of [1, 2]) {
      const calls = everyOperation(adapter);
      expect(await pendingAfter(calls, 2_000)).toBe(0);
      // Of several answers on their way at once, a half is a few whole ones.
      const codes = new Set(await codesOf(calls));
      if (fault === 'halfFrame' || fault === 'severMidReply') codes.delete('resolved');
      expect(codes.size).toBeGreaterThan(0);
      for (const code of codes) expect(outages).toContain(code);
    }
    await proxy.heal();
    adapter.recycle();
    expect(await adapter.set('key', 'later', minuteMs)).toBeUndefined();
    expect(await adapter.getMany(['key'])).toEqual(['later']);
    await adapter.close();
  });

  test('answers that come too late reach nobody', async () => {
    await using proxy = await startProxy({ upstream: server });
    const adapter = create(proxy.url('tcp'), 100);
    await Promise.all([adapter.set('a', 'of a', minuteMs), adapter.set('b', 'of b', minuteMs)]);
    await proxy.delay(250);
    expect(outages).toContain(await codeOf(adapter.get('a')));
    await proxy.heal();
    const reads = Array.from({ length: 50 }, () => adapter.get('b'));
    expect(new Set(await Promise.all(reads))).toEqual(new Set(['of b']));
    await adapter.close();
  });

  test('a value that trickles in many pieces is whole', async () => {
    await using proxy = await startProxy({ upstream: server });
    const adapter = create(proxy.url('tcp'), 5_000);
    const values = ['ä'.repeat(5_000), '', 'z'.repeat(5_000)];
    for (const [index, value] of values.entries()) await adapter.set(`${index}`, value, minuteMs);
    await proxy.throttle(50_000);
    expect(await adapter.getMany(['0', '1', '2'])).toEqual(values);
    await adapter.close();
  });

  test('recycle: pending calls reject, later ones use a new connection', async () => {
    await using proxy = await startProxy({ upstream: server });
    const adapter = create(proxy.url('tcp'));
    await adapter.set('key', 'value', minuteMs);
    const pending = adapter.get('key');
    adapter.recycle();
    expect(await codeOf(pending)).toBe('CACHE_UNAVAILABLE');
    expect(await adapter.get('key')).toBe('value');
    expect(proxy.accepted).toBe(2);
    await until(() => proxy.connections === 1);
    await adapter.close();
  });
});

test('a server that is not there rejects at once, every time', async () => {
  const adapter = memcachedAdapter({ url: 'tcp://localhost:1' }) as FullAdapter;
  for (const _ of [1, 2]) {
    for (const outcome of await Promise.allSettled(everyOperation(adapter))) {
      const { reason } = outcome as PromiseRejectedResult;
      expect(reason).toMatchObject({ code: unavailable, adapter: 'memcached' });
      expect(reason.message).toMatch(/^Memcached at localhost:1 failed \w+\(\): .*ECONNREFUSED/);
    }
  }
  await adapter.close();
});

test('a login that never ends is given up, and another is tried only then', async () => {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => sockets.add(socket.on('error', () => {}).resume()));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as { port: number };
  const adapter = memcachedAdapter({
    url: `tcp://user:sesame@127.0.0.1:${port}`,
    connectionTimeoutMs: 400,
    operationTimeoutMs: 150,
  }) as FullAdapter;
  expect(await codeOf(adapter.get('key'))).toBe('CACHE_TIMEOUT');
  const pending = codeOf(adapter.get('key'));
  adapter.recycle();
  expect(await pending).toBe(unavailable);
  expect(await codeOf(adapter.get('key'))).toBe('CACHE_TIMEOUT');
  expect(sockets.size).toBe(1);
  await expect(adapter.get('key')).rejects.toThrow('did not let us connect within 400 ms');
  expect(await codeOf(adapter.get('key'))).toBe('CACHE_TIMEOUT');
  expect(sockets.size).toBe(2);
  await adapter.close();
  for (const socket of sockets) socket.destroy();
  silent.close();
  await once(silent, 'close');
});
