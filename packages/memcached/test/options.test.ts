import { CacheError, findAdapter } from '@tasker-cache/core/adapter';
import { expect, test } from 'vitest';
import { type MemcachedAdapterOptions, memcached, memcachedAdapter } from '../src/index.ts';
import { readOptions } from '../src/options.ts';

const logger = { debug() {}, info() {}, warn() {}, error() {} };

function refusal(options: unknown): string {
  try {
    memcachedAdapter(options as MemcachedAdapterOptions);
  } catch (error) {
    expect(CacheError.isInstance(error) && error.code).toBe('CACHE_CONFIG_INVALID');
    return (error as Error).message;
  }
  throw new Error('it was accepted');
}

const namesIn = (url: string) => readOptions({ url }).endpoints.map(({ name }) => name);

test('importing the package registers it', () => {
  expect(findAdapter('memcached')).toBe(memcached);
});

test('creating an adapter neither connects nor fails when no server is there', async () => {
  const settings = { url: 'tcp://127.0.0.1:1' };
  const adapter = await memcached.create({ settings, maxValueBytes: 1000, logger });
  expect(adapter).toMatchObject({ name: 'memcached', scope: 'shared' });
  expect(adapter.limits).toEqual({
    ttlResolutionMs: 1_000,
    maxKeyBytes: 250,
    maxValueBytes: 1024 * 1024 - 320,
  });
  expect(adapter.deletePrefix).toBeUndefined();
  await adapter.close();
});

test('reads one server, several, IPv6, a missing port and a missing scheme', () => {
  const [standard] = readOptions({}).endpoints;
  expect(standard).toMatchObject({ host: 'localhost', port: 11_211, name: 'localhost:11211' });
  expect(namesIn('tcp://a.example:1234/')).toEqual(['a.example:1234']);
  expect(namesIn('tcp://a, tcp://b:2,c:3,d')).toEqual(['a:11211', 'b:2', 'c:3', 'd:11211']);
  const [six] = readOptions({ url: 'tcp://[::1]:11311' }).endpoints;
  expect(six).toMatchObject({ host: '::1', port: 11_311, name: '[::1]:11311' });
});

test('takes credentials from the URL, for all servers from the first, or from the options', () => {
  const url = 'tcp://us%40er:p%3Ass@a:1,b:2,tcp://c:d@e';
  const of = (options: MemcachedAdapterOptions) =>
    readOptions(options).endpoints.map(({ username, password }) => `${username} ${password}`);
  expect(of({ url })).toEqual(['us@er p:ss', 'us@er p:ss', 'c d']);
  expect(of({ url, username: 'u', password: 'p' })).toEqual(['u p', 'u p', 'u p']);
  expect(of({ url, password: 'p' })).toEqual(['us@er p', 'us@er p', 'c p']);
  expect(of({ username: '', password: '' })).toEqual(['undefined undefined']);
});

test.each([
  ['redis://a', 'scheme other than tcp://'],
  ['tcp://a:1?x=1', 'something after host and port'],
  ['tcp://a:1/0', 'something after host and port'],
  ['tcp://:1', 'is not an address'],
  ['tcp://a:0', 'is not an address'],
  ['tcp://a:70000', 'is not an address'],
  ['', 'it is not an address'],
  ['tcp://a,,tcp://b', 'server 2 of 3 is not an address'],
  ['tcp://a,tcp://a:11211', 'names a server twice'],
  ['tcp://user@a', 'only one is given'],
])('refuses the URL %s', (url, reason) => {
  expect(refusal({ url })).toContain(reason);
});

test.each([
  [{ url: 5 }, 'url must be a string, got number'],
  [{ username: 'u' }, 'only one is given'],
  [{ password: 'p' }, 'only one is given'],
  [{ connectionTimeoutMs: 0 }, 'connectionTimeoutMs must be a whole number from 1 to 2147483647'],
  [{ operationTimeoutMs: '5' }, 'got string'],
  [{ operationTimeoutMs: 1.5 }, 'got 1.5'],
  [{ maxConnections: 101 }, 'maxConnections must be a whole number from 1 to 100, got 101'],
  [{ maxConnections: 1, url: 'tcp://a,tcp://b' }, '2 servers need a connection each'],
  [{ maxValueBytes: 0 }, 'maxValueBytes must be a whole number'],
])('refuses the options %j', (options, reason) => {
  expect(refusal(options)).toContain(reason);
});

test('no refusal quotes a password, however broken the URL is', () => {
  const broken = [
    'tcp://user:sesame@host:port',
    'tcp://user:ses,ame@host',
    'tcp://user:ses/ame@host',
    'tls://user:sesame@host',
    'tcp://user:sesame@host?x',
    'tcp://user:%sesame@host',
    'user:sesame',
  ];
  for (const url of broken) expect(refusal({ url })).not.toMatch(/ses|ame@/);
  expect(refusal({ username: 'user', password: ['sesame'] })).not.toContain('sesame');
});
