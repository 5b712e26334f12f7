// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables in TOML look like this
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../src/index.ts';
import { cacheWith, problemsOf, settingsOf, warningsOf } from './support.ts';

test('Dragonfly’s table falls back to that of Redis key by key', () => {
  const text = cacheWith(
    'dragonfly',
    `[common.cache.dragonfly]
url = "redis://dragonfly:6379"
max_connections = 3
[common.cache.redis]
url = "redis://redis:6379"
connection_timeout_seconds = 9
database = 4
password = "p"
`,
  );
  expect(parseConfig(text, { env: {} })).toMatchObject({ connectionTimeoutMs: 9000, warnings: [] });
  expect(settingsOf(text)).toEqual({
    url: 'redis://dragonfly:6379',
    maxConnections: 3,
    connectionTimeoutMs: 9000,
    database: 4,
    password: 'p',
  });
});

test('Redis does not read Dragonfly’s table', () => {
  const text = cacheWith('redis', '[common.cache.dragonfly]\nurl = "redis://dragonfly"\n');
  expect(settingsOf(text)).toMatchObject({ url: 'redis://localhost:6379' });
});

test.each([
  ['redis', 'max_connections = 0'],
  ['dragonfly', 'database = "x"'],
  ['memcached', 'url = "redis://h"'],
  ['moka', 'max_capacity = 0'],
])('what is wrong in the unused table of %s is a warning', (table, line) => {
  const text = cacheWith('noop', `[common.cache.${table}]\n${line}\n`);
  expect(warningsOf(text)).toEqual([
    expect.stringContaining(`tasker.toml:5: common.cache.${table}.${line.split(' ')[0]} = `),
  ]);
});

test('a key that Dragonfly’s own table overrides is a warning too', () => {
  const text = cacheWith(
    'dragonfly',
    '[common.cache.dragonfly]\nurl = "redis://h"\n[common.cache.redis]\nurl = 5\n',
  );
  expect(warningsOf(text)).toEqual([expect.stringContaining(':7: common.cache.redis.url = ')]);
});

test.each([
  ['common = 1', 'common'],
  ['common.cache = 1', 'common.cache'],
  ['[[common.cache]]', 'common.cache'],
  ['common.circuit_breakers = []', 'common.circuit_breakers'],
  ['[common.cache]\nenabled = true\nredis = "redis://u:secret@h"', 'common.cache.redis'],
])('%j is refused: a table is expected', (text, path) => {
  const problems = problemsOf(text);
  const line = text.split('\n').length;
  expect(problems).toEqual([
    `tasker.toml:${line}: ${path}: expected a table: write it in [brackets].`,
  ]);
});

describe('unknown names', () => {
  test.each([
    ['enable = true', 'enable', 'enabled'],
    ['default_ttl_second = 5', 'default_ttl_second', 'default_ttl_seconds'],
    ['analytic_ttl_seconds = 5', 'analytic_ttl_seconds', 'analytics_ttl_seconds'],
    ['operation_timeout_msec = 5', 'operation_timeout_msec', 'operation_timeout_ms'],
    ['"back end" = "x"', '"back end"', 'backend'],
  ])('%s', (line, key, near) => {
    expect(warningsOf(`[common.cache]\n${line}\n`)).toEqual([
      `tasker.toml:2: common.cache.${key}: unknown key, ignored; the nearest known name is ${near}.`,
    ]);
  });

  test('in a backend’s table, in use or not', () => {
    const text = cacheWith(
      'redis',
      '[common.cache.redis]\nurl = "redis://h"\npasswort = "secret"\n[common.cache.moka]\ncapacity = 1\n[common.cache.noop]\na = 1\n',
    );
    expect(warningsOf(text)).toEqual([
      'tasker.toml:6: common.cache.redis.passwort: unknown key, ignored; the nearest known name is password.',
      'tasker.toml:8: common.cache.moka.capacity: unknown key, ignored; the nearest known name is max_capacity.',
      'tasker.toml:10: common.cache.noop.a: unknown key, ignored.',
    ]);
  });

  test.each([
    ['rediss', 'redis'],
    ['memory', 'moka'],
    ['in-memory', 'moka'],
    ['memcache', 'memcached'],
  ])('a table named %s', (table, near) => {
    expect(warningsOf(`[common.cache]\n[common.cache.${table}]\nx = 1\n`)).toEqual([
      `tasker.toml:2: common.cache.${table}: unknown table, ignored; the nearest known name is ${near}.`,
    ]);
  });

  test('a name with a line break stays on one line', () => {
    const [warning] = warningsOf('[common.cache]\n"a\\nERROR forged" = 1\n');
    expect(warning).toContain('common.cache."a\\nERROR forged": unknown key');
    expect(warning).not.toContain('\n');
  });

  test.each([
    ['rediss', 'redis'],
    ['Redis', 'redis'],
    ['memcache', 'memcached'],
    ['inmemory', 'in-memory'],
    ['dragnfy', 'dragonfly'],
  ])('backend %s is likely a misspelt %s', (backend, near) => {
    expect(warningsOf(cacheWith(backend))).toEqual([
      `tasker.toml:3: common.cache.backend = "${backend}": unknown backend; did you mean "${near}"? A backend of your own names its package in "module".`,
    ]);
    expect(warningsOf(cacheWith(backend, 'module = "@acme/cache"\n'))).toEqual([]);
  });

  test.each(['dynamodb', 'keydb'])('%s is nobody’s misspelling', (backend) => {
    const config = parseConfig(cacheWith(backend), { env: {} });
    expect(config).toMatchObject({ backend, settings: {}, warnings: [] });
    expect(config).not.toHaveProperty('module');
  });
});

describe('a third party’s backend', () => {
  const valkey = (lines: string) =>
    cacheWith('valkey', `module = "@acme/valkey"\n[common.cache.valkey]\n${lines}`);

  test('gets its table with names in camelCase and seconds as milliseconds', () => {
    const text = valkey(`url = "\${VALKEY_URL}"
max_pool_size = 3
connection_timeout_seconds = 1.5
odd_seconds = 1.005
retry_seconds = "\${RETRY:-0.25}"
lease_ms = 5
seconds = 1
_private_name = true
alreadyCamel = 1
big = 9223372036854775807
created_at = 2026-01-02T03:04:05Z
hosts = ["\${A}", { read_only = true }]
[common.cache.valkey.tls_options]
handshake_timeout_seconds = 0
server_name = "\${A}"
`);
    const config = parseConfig(text, { env: { VALKEY_URL: 'redis://v', A: 'a' } });
    expect(config).toMatchObject({
      backend: 'valkey',
      module: '@acme/valkey',
      connectionTimeoutMs: 1500,
      warnings: [],
    });
    expect(config.settings).toEqual({
      url: 'redis://v',
      maxPoolSize: 3,
      connectionTimeoutMs: 1500,
      oddMs: 1005,
      retryMs: 250,
      leaseMs: 5,
      seconds: 1,
      _privateName: true,
      alreadyCamel: 1,
      big: 9_223_372_036_854_775_807n,
      createdAt: expect.any(Date),
      hosts: ['a', { readOnly: true }],
      tlsOptions: { handshakeTimeoutMs: 0, serverName: 'a' },
    });
  });

  test.each([
    ['retry_seconds = "soon"', 'retry_seconds', 'expected a number of seconds, 0 or more'],
    ['retry_seconds = -1', 'retry_seconds', 'expected a number of seconds, 0 or more'],
    ['retry_seconds = nan', 'retry_seconds', 'expected a number of seconds, 0 or more'],
    ['retry_seconds = [1]', 'retry_seconds', 'expected a number of seconds, 0 or more'],
    ['retry_ms = 1\nretry_seconds = 1', 'retry_seconds', 'another key sets retryMs too'],
    ['a_b = 1\naB = 1', 'aB', 'another key sets aB too'],
    ['url = "${VALKEY_URL}"', 'url', 'the variable VALKEY_URL is not set'],
    ['retry_seconds = "${RETRY}"', 'retry_seconds', 'the variable RETRY is not set'],
    ['x = [{ y = "${A}" }]', 'x.y', 'the variable A is not set'],
    ['__proto__ = 1', '__proto__', 'no setting can have this name'],
    ['x.__proto__.y = 1', 'x.__proto__', 'no setting can have this name'],
  ])('%j is refused', (lines, key, reason) => {
    const line = 5 + lines.split('\n').length;
    expect(problemsOf(valkey(lines))).toEqual([
      expect.stringContaining(`tasker.toml:${line}: common.cache.valkey.${key}: ${reason}`),
    ]);
  });

  test('an unused one is an unknown table', () => {
    expect(warningsOf(`[common.cache]\n[common.cache.valkey]\n`)).toHaveLength(1);
  });
});

describe('names of the prototype', () => {
  test.each([
    '[__proto__]\ncache.enabled = true\n',
    '[common.__proto__]\ncache.enabled = true\n',
    '[common]\n__proto__ = { cache = { enabled = true } }\n',
    '[common.cache]\n__proto__ = { enabled = true, backend = "evil" }\n',
    '[common.cache]\n"__proto__".enabled = true\n',
    '[common.cache.__proto__]\nenabled = true\n',
    '[common.cache.constructor.prototype]\nenabled = true\n',
  ])('%j switches nothing on', (text) => {
    const config = parseConfig(text, { env: {} });
    expect(config).toMatchObject({ enabled: false, backend: 'redis' });
    expect(Object.getPrototypeOf(config.settings)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).enabled).toBeUndefined();
  });

  test('in our tables they are unknown keys', () => {
    expect(warningsOf('[common.cache]\n__proto__ = 1\nconstructor = 1\n')).toHaveLength(2);
    const text = cacheWith('redis', '[common.cache.redis]\nurl = "redis://h"\n__proto__.url = 1\n');
    expect(warningsOf(text)).toEqual([
      expect.stringContaining('tasker.toml:6: common.cache.redis.__proto__: unknown table'),
    ]);
  });

  test.each(['constructor', 'toString', 'hasOwnProperty'])('backend %s is unknown', (backend) => {
    const config = parseConfig(cacheWith(backend), { env: {} });
    expect(config).toMatchObject({ backend, settings: {} });
    expect(config).not.toHaveProperty('module');
  });
});
