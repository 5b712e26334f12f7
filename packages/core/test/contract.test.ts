import { expect, test } from 'vitest';
import {
  CacheError,
  checkKey,
  checkTtlMs,
  checkValue,
  consoleLogger,
  findAdapter,
  registerAdapter,
} from '../src/authors.ts';
import { noop } from '../src/noop.ts';

const coded = (code: string) =>
  expect.objectContaining({ code, adapter: 'noop', operation: 'set' });

test.each(['', '\ud800', 42 as unknown as string])('key %j is refused', (key) => {
  expect(() => checkKey(noop, 'set', key)).toThrow(coded('CACHE_KEY_INVALID'));
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '5' as unknown as number])(
  'TTL %s is refused',
  (ttlMs) => {
    expect(() => checkTtlMs(noop, 'set', ttlMs)).toThrow(coded('CACHE_TTL_INVALID'));
  },
);

test.each(['!lease:abc', '\udc00', undefined as unknown as string])(
  'value %j is refused',
  (value) => {
    expect(() => checkValue(noop, 'set', value)).toThrow(coded('CACHE_VALUE_INVALID'));
  },
);

test('sizes count bytes, not characters', () => {
  const small = { name: 's', limits: { ttlResolutionMs: 1, maxKeyBytes: 4, maxValueBytes: 4 } };
  expect(() => checkKey(small, 'get', 'éé')).not.toThrow();
  expect(() => checkKey(small, 'get', 'ééa')).toThrow('the key has 5 bytes, the limit is 4');
  expect(() => checkValue(small, 'set', 'éé')).not.toThrow();
  expect(() => checkValue(small, 'set', 'abcde')).toThrow(
    expect.objectContaining({ code: 'CACHE_VALUE_TOO_LARGE' }),
  );
});

test("a cause keeps name, message and code, and loses what may hold a client's password", () => {
  const client = Object.assign(new Error('connect redis://user:secret@host failed'), {
    code: 'ECONNREFUSED',
    command: { args: ['AUTH', 'secret'] },
  });
  const { cause } = new CacheError('CACHE_UNAVAILABLE', 'away', { cause: client });
  expect(cause).toMatchObject({ code: 'ECONNREFUSED', message: 'connect redis://***@host failed' });
  expect(JSON.stringify(cause) + String((cause as Error).stack)).not.toContain('secret');
});

test('an error of another copy of core is recognised', () => {
  const foreign = { [Symbol.for('tasker-cache.error')]: true, code: 'CACHE_CLOSED' };
  expect(CacheError.isInstance(foreign)).toBe(true);
  expect(CacheError.isInstance(new Error('CacheError'))).toBe(false);
});

test('an adapter is found by name and alias, a given one before a registered one', () => {
  const definition = { name: 'registry-test', aliases: ['rt'], title: 'T', create: () => noop };
  registerAdapter(definition);
  expect(findAdapter('rt')).toBe(definition);
  const given = { ...definition };
  expect(findAdapter('rt', [given])).toBe(given);
  expect(findAdapter('constructor')).toBeUndefined();
});

test("the console logger prints the guide's format, one line each", () => {
  const lines: string[] = [];
  const logger = consoleLogger('debug', (line) => lines.push(line));
  logger.info({ backend: 'moka', max_capacity: 10000 }, 'In-memory cache provider initialized');
  logger.debug({ hours: 24 }, 'Performance metrics cache HIT');
  logger.error({}, 'Circuit breaker opened (failing fast)');
  logger.warn({ key: 'a\nWARN forged' }, 'x\ny');
  expect(lines).toEqual([
    'INFO backend="moka" max_capacity=10000 "In-memory cache provider initialized"',
    'DEBUG hours=24 "Performance metrics cache HIT"',
    'ERROR Circuit breaker opened (failing fast)',
    'WARN key="a\\nWARN forged" "x\\ny"',
  ]);
  const quiet: string[] = [];
  consoleLogger('warn', (line) => quiet.push(line)).info({}, 'hidden');
  expect(quiet).toEqual([]);
});
