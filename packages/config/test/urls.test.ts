// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables in TOML look like this
import { describe, expect, test } from 'vitest';
import { redactUrl } from '../src/index.ts';
import { cacheWith, problemsOf, settingsOf, warningsOf } from './support.ts';

function fileWith(backend: string, url: string, more = ''): string {
  return cacheWith(backend, `[common.cache.${backend}]\nurl = '${url}'\n${more}`);
}

test.each([
  ['redis', 'redis://localhost'],
  ['redis', 'redis://localhost:6379'],
  ['redis', 'redis://localhost:6379/'],
  ['redis', 'redis://[::1]:6379'],
  ['redis', 'redis://user:pass%40word@[2001:db8::1]:6379/3'],
  ['redis', 'redis://:p%2Fw@host'],
  ['redis', 'redis://:p@w@host'],
  ['redis', 'REDIS://host'],
  ['redis', 'rediss://host:6380/15'],
  ['redis', 'redis+sentinel://a:26379,b:26379,[::1]:26379/mymaster'],
  ['redis', 'rediss+sentinel://user:secret@a,b/mymaster/0'],
  ['redis', 'redis+cluster://a:7000,b:7001'],
  ['redis', 'rediss+cluster://user:secret@a:7000,[::1]:7001'],
  ['redis', 'redis+cluster://a:7000,redis+cluster://b:7001'],
  ['dragonfly', 'redis://dragonfly.internal:6379'],
  ['memcached', 'tcp://memcached.internal:11211'],
  ['memcached', 'memcached://user:pw@a:11211,b:11211,[::1]:11211'],
  ['memcached', 'tcp://a:11211,tcp://b:11211'],
])('%s accepts %s as it is', (backend, url) => {
  expect(settingsOf(fileWith(backend, url))).toMatchObject({ url });
});

describe('refused, and no more shown than is safe', () => {
  test.each([
    ['redis', '', '…'],
    ['redis', 'localhost:6379', '…'],
    ['redis', 'user:secret@host:6379', '…'],
    ['redis', 'redis:localhost', '…'],
    ['redis', 'redis://', 'redis://…'],
    ['redis', 'redis:///0', 'redis://…'],
    ['redis', 'redis://::1', 'redis://…'],
    ['redis', 'redis://a b', 'redis://…'],
    ['redis', ' redis://a', '…'],
    ['redis', 'redis://host:99999', 'redis://…'],
    ['redis', 'redis://host:port', 'redis://…'],
    ['redis', 'redis://:se/cret@host', 'redis://…'],
    ['redis', 'redis://:1/secret@host', 'redis://…'],
    ['redis', 'redis://user:12/secret@host', 'redis://…'],
    ['redis', 'redis://user:12#secret@host', 'redis://…'],
    ['redis', 'redis://user:12?secret@host', 'redis://…'],
    ['redis', 'redis+sentinel://user:12/secret@host', 'redis+sentinel://…'],
    ['redis', 'redis://:secret%zz@host', 'redis://***@host'],
    ['redis', 'redis://:secret@a,b', 'redis://***@a,b'],
    ['redis', 'redis://:secret@host/16', 'redis://***@host/16'],
    ['redis', 'redis://host/name', 'redis://host/name'],
    ['redis', 'http://:secret@host/?password=secret', 'http://***@host/'],
    ['redis', 'tcp://host', 'tcp://host'],
    ['redis', 'redis://host?family=6', 'redis://host'],
    ['redis', 'redis+sentinel://a,b', 'redis+sentinel://a,b'],
    ['redis', 'redis+sentinel://a/m/16', 'redis+sentinel://a/m/16'],
    ['redis', 'redis+cluster://a/1', 'redis+cluster://a/1'],
    ['redis', 'redis+cluster://a,', 'redis+cluster://…'],
    ['redis', 'redis+cluster://a,,b', 'redis+cluster://…'],
    ['redis', 'redis+cluster://:secret@a,b:x', 'redis+cluster://…'],
    ['memcached', 'redis://host', 'redis://host'],
    ['memcached', 'tcp://host/0', 'tcp://host/0'],
    ['memcached', 'tcp://host?a=secret', 'tcp://host'],
    ['memcached', 'tcp://a,http://b', 'tcp://a,http//b'],
  ])('%s: %s', (backend, url, shown) => {
    const problems = problemsOf(fileWith(backend, url));
    expect(problems).toEqual([
      expect.stringContaining(`tasker.toml:5: common.cache.${backend}.url = ${shown}: expected `),
    ]);
    expect(problems.join()).not.toContain('secret');
  });
});

test.each([
  ['redis://localhost:6379', 'redis://localhost:6379'],
  ['rediss://user:secret@[::1]:6380/3', 'rediss://***@[::1]:6380/3'],
  ['redis://:secret@host', 'redis://***@host'],
  ['redis://secret@host', 'redis://***@host'],
  ['redis://:se@cr@et@host', 'redis://***@host'],
  ['redis+cluster://u:secret@a:1,b:2,[::1]:3', 'redis+cluster://***@a:1,b:2,[::1]:3'],
  ['redis+cluster://u:se,cret@a:1,b:2', 'redis+cluster://***@a:1,b:2'],
  ['redis://host?password=secret#secret', 'redis://host'],
  ['redis://:sec/ret@host', 'redis://…'],
  ['not a URL, secret', '…'],
])('redactUrl(%s) is %s', (url, shown) => {
  expect(redactUrl(url)).toBe(shown);
});

// The URL parser drops them, an adapter's need not.
test.each(['redis://host\n', 'redis://ho\tst', '\u0001redis://host'])(
  'white space from a variable is refused: %j',
  (url) => {
    expect(problemsOf(fileWith('redis', `\${URL}`), { URL: url })).toHaveLength(1);
  },
);

describe('what the URL says too', () => {
  test('the database of the URL is the default of `database`', () => {
    expect(settingsOf(fileWith('redis', 'redis://h/3'))).toMatchObject({ database: 3 });
    expect(settingsOf(fileWith('redis', 'redis://h'))).toMatchObject({ database: 0 });
    expect(settingsOf(fileWith('redis', 'redis+sentinel://h/1'))).toMatchObject({ database: 0 });
    expect(settingsOf(fileWith('redis', 'redis+sentinel://h/m/15'))).toMatchObject({
      database: 15,
    });
    expect(settingsOf(fileWith('redis', 'redis+cluster://h/0'))).toMatchObject({ database: 0 });
    expect(settingsOf(fileWith('memcached', 'tcp://h'))).not.toHaveProperty('database');
  });

  test('the same twice is fine', () => {
    const more = 'database = 3\nusername = "u"\npassword = "p@"\n';
    expect(settingsOf(fileWith('redis', 'redis://u:p%40@h/3', more))).toMatchObject({
      database: 3,
      username: 'u',
      password: 'p@',
    });
  });

  test('a difference is refused without showing it', () => {
    const more = 'database = 1\nusername = "secret1"\npassword = "secret2"\n';
    const problems = problemsOf(fileWith('redis', 'redis://secret3:secret4@h/3', more));
    expect(problems.sort()).toEqual([
      'tasker.toml:6: common.cache.redis.database: the URL has another database; keep one of the two.',
      'tasker.toml:7: common.cache.redis.username: the URL has another username; keep one of the two.',
      'tasker.toml:8: common.cache.redis.password: the URL has another password; keep one of the two.',
    ]);
  });

  test('`database = 0`, as in the guide, gives way to the URL with a warning', () => {
    const text = fileWith('redis', 'redis://h/3', 'database = 0\n');
    expect(settingsOf(text)).toMatchObject({ database: 3 });
    expect(warningsOf(text)).toEqual([
      'tasker.toml:6: common.cache.redis.database: not used: the URL has another database; keep one of the two.',
    ]);
  });

  test('a difference between the tables of Dragonfly and Redis names the line of the key', () => {
    const text = cacheWith(
      'dragonfly',
      '[common.cache.redis]\ndatabase = 1\n[common.cache.dragonfly]\nurl = "redis://h/2"\n',
    );
    expect(problemsOf(text)).toEqual([
      'tasker.toml:5: common.cache.redis.database: the URL has another database; keep one of the two.',
    ]);
  });
});
