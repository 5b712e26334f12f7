import type { CacheAdapter } from '@tasker-cache/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { redisAdapter } from '../src/index.ts';
import { failure, settles, until } from './support/failure.ts';
import { type Answer, bulk, type RespServer, respServer } from './support/resp-server.ts';

describe('hostile replies', () => {
  let server: RespServer;
  let adapter: Required<CacheAdapter>;
  let answer: Answer;
  const crashes: unknown[] = [];
  const crash = (error: unknown) => crashes.push(error);

  beforeEach(async () => {
    answer = ([, key]) => bulk(`value of ${key}`);
    server = await respServer((command, socket) => answer(command, socket));
    adapter = redisAdapter({
      url: server.url,
      connectionTimeoutMs: 1000,
    }) as Required<CacheAdapter>;
    crashes.length = 0;
    process.on('uncaughtException', crash);
    process.on('unhandledRejection', crash);
    expect(await adapter.get('k')).toBe('value of k');
  });

  afterEach(async () => {
    await adapter.close();
    await server[Symbol.asyncDispose]();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('uncaughtException', crash);
    process.off('unhandledRejection', crash);
    expect(crashes).toEqual([]);
  });

  /** Reads until it works again; fails on a value that belongs to another key. */
  const recovers = () => until(async () => (await adapter.get('later')) === 'value of later', 2000);

  test.each([
    ['a value', bulk('stolen')],
    ['nothing', '$-1\r\n'],
    ['nothing in RESP3', '_\r\n'],
    ['an error', '-ERR surprise\r\n'],
    ['a number', ':1\r\n'],
    ['a list', '*1\r\n$1\r\nx\r\n'],
    ['a push', '>2\r\n$10\r\ninvalidate\r\n*0\r\n'],
    ['a push of nothing', '>1\r\n$-1\r\n'],
    ['a subscription', '>3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n'],
    ['half a reply', '$100\r\nx'],
    ['noise', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['a list of four billion', '*4294967296\r\n'],
    ['a deep list', '*1\r\n'.repeat(100_000)],
  ])('%s while nobody waits: never handed out, never a crash', async (_, text) => {
    const [first] = server.sockets;
    first?.write(text);
    if (text !== '$100\r\nx') await until(() => first?.destroyed);
    else adapter.recycle();
    await recovers();
    expect(server.sockets.length).toBe(2);
  });

  test('two replies to one command: the connection ends, so the second answers nothing', async () => {
    answer = ([, key]) => bulk(`value of ${key}`) + (key === 'twice' ? bulk('stolen') : '');
    const twice = adapter.get('twice');
    expect((await failure(twice)).message).toMatch(/a reply that nobody asked for/);
    await recovers();
  });

  test('replies that slipped by one and arrive together are all refused', async () => {
    answer = ([, key]) => {
      if (key === 'a') return undefined;
      if (key === 'b') return undefined;
      if (key === 'c') return bulk('stolen') + bulk('of a') + bulk('of b') + bulk('of c');
      return bulk(`value of ${key}`);
    };
    const reads = ['a', 'b', 'c'].map((key) => adapter.get(key));
    for (const read of reads) read.catch(() => {});
    for (const read of reads) expect((await failure(read)).code).toBe('CACHE_UNAVAILABLE');
    await recovers();
  });

  test.each([
    ['noise', '?what\r\n'],
    ['a push', '>1\r\n$1\r\nx\r\n'],
    ['a cut reply and FIN', '$100\r\nhalf'],
    ['FIN', ''],
  ])('%s in place of a reply rejects everything pending', async (_, text) => {
    answer = ([, key], socket) => {
      if (key === 'later') return bulk('value of later');
      if (key !== 'a') return undefined;
      if (text === '' || text.startsWith('$')) socket.end(text);
      else socket.write(text);
      return undefined;
    };
    const reads = ['b', 'c', 'a'].map((key) => adapter.get(key));
    for (const read of reads) read.catch(() => {});
    for (const read of reads) {
      expect(await settles(read, 1000)).toBe(true);
      expect((await failure(read)).code).toBe('CACHE_UNAVAILABLE');
    }
    await recovers();
  });

  test.each<[string, string, (a: Required<CacheAdapter>) => Promise<unknown>]>([
    ['get', ':1\r\n', (it) => it.get('k')],
    ['get', '*0\r\n', (it) => it.get('k')],
    ['set', bulk('QUEUED'), (it) => it.set('k', 'v', 1000)],
    ['set', '$-1\r\n', (it) => it.set('k', 'v', 1000)],
    ['delete', '+OK\r\n', (it) => it.delete('k')],
    ['delete', ':7\r\n', (it) => it.delete('k')],
    ['ping', '+OK\r\n', (it) => it.ping()],
    ['getMany', '*1\r\n$-1\r\n', (it) => it.getMany(['a', 'b'])],
    ['getMany', bulk('x'), (it) => it.getMany(['a'])],
    ['getMany', '*2\r\n$-1\r\n:1\r\n', (it) => it.getMany(['a', 'b'])],
    ['lease', ':1\r\n', (it) => it.lease('k', 't', 1000)],
    ['fill', '+QUEUED\r\n', (it) => it.fill('k', 't', 'v', 1000)],
    ['deletePrefix', '+OK\r\n', (it) => it.deletePrefix('p')],
    ['deletePrefix', '*2\r\n$1\r\n0\r\n$1\r\nx\r\n', (it) => it.deletePrefix('p')],
  ])('a reply that is none to %s (%j) ends the connection', async (_, reply, operation) => {
    answer = () => reply;
    const error = await failure(operation(adapter));
    expect(error.code).toBe('CACHE_UNAVAILABLE');
    await until(() => server.sockets[0]?.destroyed);
    answer = ([, key]) => bulk(`value of ${key}`);
    await recovers();
  });

  test('a server that answers every command twice is not hammered with connections', async () => {
    answer = () => bulk('x') + bulk('y');
    const end = performance.now() + 600;
    while (performance.now() < end) {
      await adapter.get('k').catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(server.sockets.length).toBeLessThan(12);
  });

  test('errors repeat neither values nor passwords that a server echoes', async () => {
    answer = () => "-ERR unknown command 'SET', with args beginning with: 'k' 'secret-value'\r\n";
    const error = await failure(adapter.set('k', 'secret-value', 1000));
    expect(error.code).toBe('CACHE_REFUSED');
    const shown = [error.message, error.stack, JSON.stringify(error), String(error.cause)].join();
    expect(shown).not.toContain('secret-value');
  });

  test.each([
    ['LOADING Redis is loading the dataset in memory', 'CACHE_UNAVAILABLE', /loading its data/],
    ['CLUSTERDOWN The cluster is down', 'CACHE_UNAVAILABLE', /cluster is down/],
    [
      "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
      'CACHE_UNAVAILABLE',
      /lost its master/,
    ],
    ['BUSY Redis is busy running a script.', 'CACHE_UNAVAILABLE', /busy with a script/],
    ['NOAUTH Authentication required.', 'CACHE_UNAVAILABLE', /wants a password/],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'CACHE_REFUSED', /full/],
    ["READONLY You can't write against a read only replica.", 'CACHE_REFUSED', /read-only replica/],
    ["NOPERM User ann has no permissions to access the 'k' key", 'CACHE_REFUSED', /permission/],
    ['DENIED Redis is running in protected mode', 'CACHE_REFUSED', /wants a password/],
    ['MOVED 3999 127.0.0.1:7001', 'CACHE_REFUSED', /redis\+cluster/],
    ['ERR something else', 'CACHE_REFUSED', /something else/],
    ['WRONGTYPE Operation against a key', 'CACHE_VALUE_INVALID', /no string/],
  ])('-%s is %s', async (text, code, message) => {
    answer = () => `-${text}\r\n`;
    const error = await failure(adapter.get('k'));
    expect(error).toMatchObject({ code, adapter: 'redis', operation: 'get' });
    expect(error.message).toMatch(message);
    answer = ([, key]) => bulk(`value of ${key}`);
    expect(await adapter.get('k')).toBe('value of k');
    expect(server.sockets).toHaveLength(1);
  });
});
