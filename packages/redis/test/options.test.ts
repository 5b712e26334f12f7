import { CacheError, findAdapter } from '@tasker-cache/core/adapter';
import { describe, expect, test } from 'vitest';
import { type RedisAdapterOptions, redis, redisAdapter } from '../src/index.ts';
import { readSettings } from '../src/options.ts';

function refusal(options: object): string {
  try {
    redisAdapter(options as RedisAdapterOptions);
  } catch (error) {
    if (CacheError.isInstance(error) && error.code === 'CACHE_CONFIG_INVALID') return error.message;
    throw error;
  }
  throw new Error('accepted');
}

describe('options', () => {
  test.each([
    [{ url: 5 }, /url is a string, got number/],
    [{ url: 'redis://h:x' }, /each host/],
    [{ connectionTimeoutMs: 0 }, /connectionTimeoutMs is above 0 and at most 2147483647, got 0/],
    [{ connectionTimeoutMs: Number.NaN }, /got NaN/],
    [{ connectionTimeoutMs: Number.POSITIVE_INFINITY }, /got Infinity/],
    [{ connectionTimeoutMs: '5' }, /got 5/],
    [{ maxConnections: 0 }, /maxConnections is a whole number from 1, got 0/],
    [{ maxConnections: 1.5 }, /got 1.5/],
    [{ database: -1 }, /database is a whole number from 0, got -1/],
    [{ database: 2, url: 'redis://h/1' }, /database is 2, but the URL says 1/],
    [{ database: 2, url: 'redis://h/0' }, /database is 2, but the URL says 0/],
    [{ database: 1, url: 'redis+cluster://h' }, /a cluster has database 0 only, got 1/],
    [{ url: 'redis+cluster://h/1' }, /a cluster has database 0 only, got 1/],
    [{ username: 'ann' }, /a username needs a password/],
    [{ username: 'ann', url: 'redis://bob:pw@h' }, /username is given twice/],
    [{ password: 5 }, /password is a string, got number/],
    [{ tls: {} }, /tls options need a rediss:\/\/ URL/],
    [{ url: 'rediss://h', tls: { rejectUnauthorized: false } }, /tls.rejectUnauthorized is not/],
    [{ client: { options: {} }, url: 'redis://h' }, /url has no effect on a client/],
    [{ client: { options: { keyPrefix: 'x' } } }, /keyPrefix/],
  ])('%j is refused', (options, reason) => {
    expect(refusal(options)).toMatch(reason);
  });

  test('a refusal names the adapter and holds no password', () => {
    const message = refusal({ name: 'mine', url: 'redis://:hunter2@h', password: 'hunter3' });
    expect(message).toBe(
      "Adapter 'mine': password is given twice, in the URL and as an option, and differs: drop one",
    );
  });

  test('the URL names the database, and a spelled-out default does not contradict it', () => {
    expect(readSettings({ url: 'redis://h/3', database: 0 }).target.database).toBe(3);
    expect(readSettings({ url: 'redis://h', database: 3 }).target.database).toBe(3);
    expect(readSettings({ url: 'redis://h/3', database: 3 }).target.database).toBe(3);
    expect(readSettings({}).target).toMatchObject({ database: 0, nodes: [{ host: 'localhost' }] });
  });

  test('certificates are checked whatever the options', () => {
    const { tls } = readSettings({ url: 'rediss://h', tls: { servername: 's' } });
    expect(tls).toEqual({ servername: 's', rejectUnauthorized: true });
    expect(readSettings({ url: 'rediss://h' }).tls).toEqual({ rejectUnauthorized: true });
    expect(readSettings({ url: 'redis://h' }).tls).toBeUndefined();
  });

  test('the package registers its definition', () => {
    expect(findAdapter('redis')).toBe(redis);
    expect(redis.title).toBe('Redis');
  });

  test('the definition passes the settings on and says once that max_connections is a bound', () => {
    const lines: string[] = [];
    const note = (fields: object, text: string) => lines.push(`${JSON.stringify(fields)} ${text}`);
    const logger = { debug: note, info: note, warn: note, error: note };
    const settings = { url: 'redis://h', maxConnections: 10, connectionTimeoutMs: 5000 };
    redis.create({ settings, maxValueBytes: 1000, logger });
    expect(lines).toEqual([expect.stringMatching(/"max_connections":10.*upper bound/)]);
    expect(() =>
      redis.create({ settings: { database: 'x' }, maxValueBytes: 1000, logger }),
    ).toThrow(/got x/);
  });
});
