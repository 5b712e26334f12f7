import { type OwnServer, startServer } from '@tasker-cache/conformance';
import type { CacheAdapter } from '@tasker-cache/core';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ProtocolError, ReplyError } from '../src/errors.ts';
import { redisAdapter } from '../src/index.ts';
import { type Reply, ReplyDecoder } from '../src/reply-decoder.ts';
import { failure } from './support/failure.ts';

describe('ReplyDecoder with a limit of 4 bytes', () => {
  const tooLarge = new ReplyError('TOOLARGE at most 4 bytes are read');
  const text =
    '$4\r\nabcd\r\n$9\r\na\r\n:1\r\nbc\r\n*3\r\n$1\r\nx\r\n$5\r\nvwxyz\r\n:2\r\n+more than four\r\n';
  const replies: Reply[] = ['abcd', tooLarge, ['x', tooLarge, 2], 'more than four'];

  test.each([1, 2, 3, 5, 7, 16, 1000])('skips what is longer, in pieces of %d bytes', (size) => {
    const decoded: Reply[] = [];
    const decoder = new ReplyDecoder((reply) => decoded.push(reply), 4);
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) decoder.write(bytes.subarray(at, at + size));
    expect(decoded).toEqual(replies);
  });

  test('notices that the string does not end where it should', () => {
    const decoder = new ReplyDecoder(() => {}, 4);
    expect(() => decoder.write(Buffer.from('$5\r\nvwxyzabc'))).toThrow(ProtocolError);
  });
});

describe('maxValueBytes', () => {
  let server: OwnServer;
  let adapter: Required<CacheAdapter>;
  let plain: Redis;

  beforeAll(async () => {
    server = await startServer('redis-8.0', { how: 'own' });
    adapter = redisAdapter({ url: server.url, maxValueBytes: 100_000 }) as Required<CacheAdapter>;
    plain = new Redis(server.url);
    await plain.set('huge', 'x'.repeat(20_000_000));
    await plain.set('small', 'value');
  });

  afterAll(async () => {
    await adapter?.close();
    plain?.disconnect();
    await server?.stop();
  });

  test('a larger value is refused by get and lease, and taken for a miss by getMany', async () => {
    const names = ['huge', 'small', 'huge', 'small'];
    const together = await Promise.allSettled(names.map((name) => adapter.get(name)));
    const refused = { reason: { code: 'CACHE_VALUE_TOO_LARGE', operation: 'get' } };
    expect(together).toMatchObject([refused, { value: 'value' }, refused, { value: 'value' }]);
    const leasing = await failure(adapter.lease('huge', 'token', 1000));
    expect(leasing.code).toBe('CACHE_VALUE_TOO_LARGE');
    expect(await adapter.getMany(names)).toEqual([undefined, 'value', undefined, 'value']);
    expect((await failure(adapter.set('mine', 'x'.repeat(100_001), 1000))).code).toBe(
      'CACHE_VALUE_TOO_LARGE',
    );
    expect(adapter.limits.maxValueBytes).toBe(100_000);
  });

  test('it costs neither memory nor the connection', async () => {
    const connections = async () =>
      /total_connections_received:(\d+)/.exec(await plain.info('stats'))?.[1];
    const before = await connections();
    const concat = Buffer.concat;
    let copied = 0;
    Buffer.concat = (pieces, length) => {
      const whole = concat(pieces, length);
      copied += whole.length;
      return whole;
    };
    try {
      await failure(adapter.get('huge'));
    } finally {
      Buffer.concat = concat;
    }
    expect(copied).toBeLessThan(1000);
    expect(await connections()).toBe(before);
  });

  test('it is replaced, and deleted, as any other', async () => {
    await adapter.set('huge', 'now small', 60_000);
    expect(await adapter.get('huge')).toBe('now small');
    await plain.set('huge', 'x'.repeat(200_000));
    expect(await adapter.delete('huge')).toBe(true);
    expect(await adapter.get('huge')).toBeUndefined();
  });

  test.each([0, -1, 1.5, 268_435_457, Number.NaN, '10'])('refuses %j', (maxValueBytes) => {
    const create = () => redisAdapter({ maxValueBytes: maxValueBytes as number });
    expect(create).toThrow(expect.objectContaining({ code: 'CACHE_CONFIG_INVALID' }));
    expect(create).toThrow(/maxValueBytes is a whole number from 1 to 268435456, got/);
  });
});
