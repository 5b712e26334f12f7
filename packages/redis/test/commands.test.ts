import { type OwnServer, startServer } from '@tasker-cache/conformance';
import type { CacheAdapter } from '@tasker-cache/core';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redisAdapter } from '../src/index.ts';
import { failure, until } from './support/failure.ts';
import { respServer } from './support/resp-server.ts';

type Adapter = Required<CacheAdapter>;

describe.each([
  { target: 'redis-7.0', leases: 'set', fills: 'evalsha' },
  { target: 'redis-8.0', leases: 'set', fills: 'evalsha' },
  { target: 'valkey-8.1', leases: 'set', fills: 'set' },
])('on $target', ({ target, leases, fills }) => {
  let server: OwnServer;
  let adapter: Adapter;
  let plain: Redis;

  beforeAll(async () => {
    server = await startServer(target, { how: 'own' });
    adapter = redisAdapter({ url: server.url }) as Adapter;
    plain = new Redis(server.url);
    await plain.ping();
  });

  afterAll(async () => {
    await adapter?.close();
    plain?.disconnect();
    await server?.stop();
  });

  /** How often the server ran a command while `work` ran. */
  async function calls(command: string, work: () => Promise<unknown>): Promise<number> {
    await plain.config('RESETSTAT');
    await work();
    const stats = await plain.info('commandstats');
    return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
  }

  test('stores, reads, deletes', async () => {
    expect(await adapter.get('rw')).toBeUndefined();
    await adapter.set('rw', '{"ü":"€𝄞"}', 60_000);
    expect(await adapter.get('rw')).toBe('{"ü":"€𝄞"}');
    expect(await plain.get('rw')).toBe('{"ü":"€𝄞"}');
    expect(await adapter.delete('rw')).toBe(true);
    expect(await adapter.delete('rw')).toBe(false);
    await adapter.ping();
  });

  test('a TTL rounds up to whole milliseconds, and a huge one stays finite', async () => {
    await adapter.set('ttl', 'v', 90_000.2);
    expect(await plain.pttl('ttl')).toBeGreaterThan(89_000);
    const tiny = await calls('set', () => adapter.set('ttl', 'v', 0.001));
    expect(tiny).toBe(1);
    await until(async () => (await adapter.get('ttl')) === undefined, 1000);
    for (const ttl of [2 ** 31, 2 ** 53, 1e21, Number.MAX_VALUE]) {
      await adapter.set('ttl', 'v', ttl);
      expect(await plain.pttl('ttl')).toBeGreaterThan(2 ** 31 - 10_000);
    }
  });

  test('a list is no value: get and lease say so, getMany and set get over it', async () => {
    await plain.rpush('list', 'x');
    expect(await failure(adapter.get('list'))).toMatchObject({
      code: 'CACHE_VALUE_INVALID',
      operation: 'get',
      adapter: 'redis',
    });
    expect((await failure(adapter.lease('list', 't1', 1000))).code).toBe('CACHE_VALUE_INVALID');
    expect(await adapter.fill('list', 't1', 'v', 1000)).toBe(false);
    expect(await adapter.getMany(['list'])).toEqual([undefined]);
    await adapter.set('list', 'v', 60_000);
    expect(await adapter.get('list')).toBe('v');
  });

  test('reads many in order, also more than one command carries, in one command up to 1000', async () => {
    const keys = Array.from({ length: 2500 }, (_, i) => `many:${i}`);
    await plain.mset(keys.filter((_, i) => i % 2 === 0).flatMap((key) => [key, key]));
    expect(await adapter.getMany(keys)).toEqual(keys.map((key, i) => (i % 2 ? undefined : key)));
    expect(await calls('mget', () => adapter.getMany(keys.slice(0, 1000)))).toBe(1);
    expect(await calls('mget', () => adapter.getMany([]))).toBe(0);
  });

  test('deletes by prefix, taking every character literally', async () => {
    const prefix = 'p*[a-c]?\\^{x}:';
    const others = ['pXa?', 'p', 'p*b', 'q', 'p*[a-c]Z\\^{x}:1', 'P*[a-c]?\\^{x}:1'];
    const mine = Array.from({ length: 1200 }, (_, i) => prefix + i);
    await plain.mset([...mine, ...others].flatMap((key) => [key, 'v']));
    expect(await adapter.deletePrefix(prefix)).toBe(1200);
    expect(await plain.exists(...mine)).toBe(0);
    expect(await plain.exists(...others)).toBe(others.length);
    expect(await adapter.deletePrefix(prefix)).toBe(0);
  });

  test('unlinks at most 500 keys in one command', async () => {
    await plain.mset(Array.from({ length: 2000 }, (_, i) => [`bounded:${i}`, 'v']).flat());
    const commands = await calls('unlink', () => adapter.deletePrefix('bounded:'));
    expect(commands).toBeGreaterThanOrEqual(4);
    expect(commands).toBeLessThan(20);
  });

  test('leases: one is granted, others see who holds it, fill needs the token', async () => {
    const tokens = Array.from({ length: 50 }, (_, i) => `token-${i}`);
    const answers = await Promise.all(tokens.map((token) => adapter.lease('l', token, 60_000)));
    const winner = tokens[answers.findIndex(({ state }) => state === 'granted')] ?? '';
    expect(answers.filter(({ state }) => state === 'granted')).toHaveLength(1);
    for (const answer of answers)
      if (answer.state !== 'granted') expect(answer).toEqual({ state: 'held', token: winner });
    expect(await adapter.get('l')).toBeUndefined();
    expect(await adapter.getMany(['l'])).toEqual([undefined]);
    expect(await plain.get('l')).toBe(`!lease:${winner}`);
    expect(await adapter.fill('l', 'other', 'v', 60_000)).toBe(false);
    expect(await adapter.fill('l', winner, 'v', 90_000)).toBe(true);
    expect(await plain.pttl('l')).toBeGreaterThan(80_000);
    expect(await adapter.fill('l', winner, 'w', 60_000)).toBe(false);
    expect(await adapter.lease('l', 'late', 60_000)).toEqual({ state: 'hit', value: 'v' });
    expect(await adapter.get('l')).toBe('v');
  });

  test("a lease ends with its time or a stranger's DEL, and then refuses the fill", async () => {
    await adapter.lease('gone', 'a', 60_000);
    await plain.del('gone');
    expect(await adapter.fill('gone', 'a', 'v', 60_000)).toBe(false);
    expect(await adapter.lease('gone', 'b', 1)).toEqual({ state: 'granted' });
    const next = await until(async () => {
      const answer = await adapter.lease('gone', 'c', 60_000);
      return answer.state === 'granted' && answer;
    });
    expect(next).toEqual({ state: 'granted' });
    expect(await adapter.fill('gone', 'b', 'v', 60_000)).toBe(false);
  });

  test(`a lease is one ${leases}, a fill one ${fills}, scripts forgotten or not`, async () => {
    await plain.del('wire');
    await adapter.lease('wire', 'warm', 60_000);
    await adapter.fill('wire', 'warm', 'v', 60_000);
    await plain.del('wire');
    expect(await calls(leases, () => adapter.lease('wire', 'a', 60_000))).toBe(1);
    expect(await calls(fills, () => adapter.fill('wire', 'a', 'v', 60_000))).toBe(1);
    await plain.del('wire');
    await adapter.lease('wire', 'b', 60_000);
    await plain.script('FLUSH');
    expect(await adapter.fill('wire', 'b', 'v', 60_000)).toBe(true);
  });

  test('keys and values that the contract refuses never reach the server', async () => {
    const commands = await calls('set', async () => {
      expect((await failure(adapter.set('', 'v', 1))).code).toBe('CACHE_KEY_INVALID');
      expect((await failure(adapter.set('k', '!lease:x', 1))).code).toBe('CACHE_VALUE_INVALID');
      expect((await failure(adapter.set('k', '\ud800', 1))).code).toBe('CACHE_VALUE_INVALID');
      expect((await failure(adapter.set('k', 'v', 0))).code).toBe('CACHE_TTL_INVALID');
      expect((await failure(adapter.lease('k', 't', Number.NaN))).code).toBe('CACHE_TTL_INVALID');
      expect((await failure(adapter.get('x'.repeat(65_537)))).code).toBe('CACHE_KEY_TOO_LONG');
    });
    expect(commands).toBe(0);
    await adapter.set('x'.repeat(65_536), 'v', 60_000);
    expect(await adapter.get('x'.repeat(65_536))).toBe('v');
  });

  test('uses the database of the URL', async () => {
    const other = redisAdapter({ url: `${server.url}/5` });
    await other.set('database', 'five', 60_000);
    expect(await adapter.get('database')).toBeUndefined();
    await plain.select(5);
    expect(await plain.get('database')).toBe('five');
    await plain.select(0);
    await other.close();
  });

  test('a database that does not exist is an error, not database 0', async () => {
    const other = redisAdapter({ url: server.url, database: 99 });
    const { code, message } = await failure(other.set('out', 'v', 60_000));
    expect([code, message]).toEqual(['CACHE_UNAVAILABLE', expect.stringMatching(/out of range/)]);
    await other.close();
    expect(await plain.get('out')).toBeNull();
  });

  test('a value of some MiB and a thousand operations at once come back whole', async () => {
    const value = '€'.repeat(2_000_000);
    await adapter.set('big', value, 60_000);
    expect((await adapter.get('big')) === value).toBe(true);
    const keys = Array.from({ length: 1000 }, (_, i) => `at-once:${i}`);
    await Promise.all(keys.map((key) => adapter.set(key, `value of ${key}`, 60_000)));
    expect(await Promise.all(keys.map((key) => adapter.get(key)))).toEqual(
      keys.map((key) => `value of ${key}`),
    );
  });
});

test('what onServer throws does no harm', async () => {
  await using server = await respServer(() => '+PONG\r\n');
  const onServer = () => {
    throw new Error('mine');
  };
  const adapter = redisAdapter({ url: server.url, onServer });
  await adapter.ping();
  await adapter.close();
});

test('a server without HELLO is served with scripts', async () => {
  const args = ['--rename-command', 'HELLO', ''];
  await using server = await startServer('redis-8.0', { how: 'own', args });
  const products: string[] = [];
  const onServer = ({ product }: { product: string }) => products.push(product);
  const adapter = redisAdapter({ url: server.url, onServer }) as Adapter;
  expect(await adapter.lease('l', 'a', 60_000)).toEqual({ state: 'granted' });
  expect(await adapter.lease('l', 'b', 60_000)).toEqual({ state: 'held', token: 'a' });
  expect(await adapter.fill('l', 'b', 'v', 60_000)).toBe(false);
  expect(await adapter.fill('l', 'a', 'v', 60_000)).toBe(true);
  expect(await adapter.lease('l', 'c', 60_000)).toEqual({ state: 'hit', value: 'v' });
  await adapter.deletePrefix('l');
  expect(products).toEqual(['unknown']);
  const plain = new Redis(server.url);
  await plain.rpush('list', 'x');
  expect((await failure(adapter.lease('list', 'd', 1000))).code).toBe('CACHE_VALUE_INVALID');
  expect(await adapter.fill('list', 'd', 'v', 1000)).toBe(false);
  plain.disconnect();
  await adapter.close();
});

test('a server that only claims to know IFEQ gets the script', async () => {
  const commands: string[] = [];
  await using server = await respServer(([name = '', ...args]) => {
    commands.push(`${name} ${args[2] ?? ''}`);
    return name === 'SET' ? '-ERR syntax error\r\n' : ':1\r\n';
  }, '8.4.0');
  const adapter = redisAdapter({ url: server.url }) as Adapter;
  expect(await adapter.fill('k', 't', 'v', 1000)).toBe(true);
  expect(await adapter.fill('k', 't', 'v', 1000)).toBe(true);
  expect(commands).toEqual(['SET IFEQ', 'EVALSHA k', 'EVALSHA k']);
  await adapter.close();
});
