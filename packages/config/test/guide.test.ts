// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables in TOML look like this
import { expect, test } from 'vitest';
import { parseConfig } from '../src/index.ts';

const defaults = {
  enabled: true,
  backend: 'redis',
  module: '@tasker-cache/redis',
  keyPrefix: 'tasker',
  ttlMs: { default: 3_600_000, templates: 3_600_000, analytics: 60_000 },
  segments: { templates: 'template' },
  operationTimeoutMs: 250,
  connectionTimeoutMs: 5000,
  maxValueBytes: 1_048_576,
  circuitBreaker: { failureThreshold: 5, timeoutMs: 15_000, successThreshold: 2 },
  loads: {},
  settings: {
    url: 'redis://localhost:6379',
    maxConnections: 10,
    connectionTimeoutMs: 5000,
    database: 0,
  },
  warnings: [],
};

const basicSetup = `
[common.cache]
enabled = true
backend = "redis"              # or "dragonfly" / "moka" / "memory" / "in-memory"
default_ttl_seconds = 3600     # 1 hour default
template_ttl_seconds = 3600    # 1 hour for templates
analytics_ttl_seconds = 60     # 1 minute for analytics
key_prefix = "tasker"          # Namespace for cache keys

[common.cache.redis]
url = "\${REDIS_URL:-redis://localhost:6379}"
max_connections = 10
connection_timeout_seconds = 5
database = 0

[common.cache.moka]
max_capacity = 10000           # Maximum entries in cache
`;

test('the basic setup gives the defaults without a warning', () => {
  expect(parseConfig(basicSetup, { env: {} })).toEqual(defaults);
});

test('REDIS_URL replaces the default', () => {
  const env = { REDIS_URL: 'redis://redis.internal:6379' };
  const config = parseConfig(basicSetup, { env });
  expect(config.settings).toMatchObject({ url: 'redis://redis.internal:6379' });
});

test('without a [common.cache] table caching is off, and a warning names the table', () => {
  for (const text of ['', '\uFEFF', '[common]\n', '[common.database]\nurl = "${DATABASE_URL}"\n']) {
    const config = parseConfig(text, { env: {} });
    expect(config).toMatchObject({ enabled: false, backend: 'redis', settings: {} });
    expect(config.warnings).toHaveLength(1);
    expect(config.warnings?.[0]).toContain('common.cache: there is no such table');
  }
});

test('enabled is false unless the file says otherwise', () => {
  expect(parseConfig('[common.cache]\n').enabled).toBe(false);
  expect(parseConfig('[common.cache]\nenabled = false\n').warnings).toEqual([]);
});

test('what is wrong with a backend is a warning while caching is off', () => {
  const text = '[common.cache]\nenabled = false\n[common.cache.redis]\nurl = "${REDIS_URL}"\n';
  const config = parseConfig(text, { env: {}, file: 'tasker.toml' });
  expect(config.enabled).toBe(false);
  expect(config.warnings).toEqual([
    'tasker.toml:4: common.cache.redis.url: the variable REDIS_URL is not set. Set it, or write ${REDIS_URL:-default}.',
  ]);
});

test('Dragonfly reads the table of Redis', () => {
  const text = `[common.cache]
enabled = true
backend = "dragonfly"  # Uses Redis provider internally

[common.cache.redis]
url = "redis://dragonfly.internal:6379"
`;
  expect(parseConfig(text, { env: {} })).toEqual({
    ...defaults,
    backend: 'dragonfly',
    module: '@tasker-cache/dragonfly',
    settings: { ...defaults.settings, url: 'redis://dragonfly.internal:6379' },
  });
});

test('memcached', () => {
  const text = `[common.cache]
enabled = true
backend = "memcached"

[common.cache.memcached]
url = "tcp://memcached.internal:11211"
connection_timeout_seconds = 7
`;
  expect(parseConfig(text, { env: {} })).toEqual({
    ...defaults,
    backend: 'memcached',
    module: '@tasker-cache/memcached',
    connectionTimeoutMs: 7000,
    settings: { url: 'tcp://memcached.internal:11211', connectionTimeoutMs: 7000 },
  });
});

test.each(['moka', 'memory', 'in-memory'])('%s reads [common.cache.moka]', (backend) => {
  const text = `[common.cache]\nenabled = true\nbackend = "${backend}"\n[common.cache.moka]\nmax_capacity = 77\n`;
  const config = parseConfig(text, { env: {} });
  expect(config).toMatchObject({ backend, module: '@tasker-cache/memory', warnings: [] });
  expect(config.settings).toEqual({ maxCapacity: 77 });
  expect(config).not.toHaveProperty('connectionTimeoutMs');
});

test('moka needs no table of its own', () => {
  const config = parseConfig('[common.cache]\nenabled = true\nbackend = "moka"\n', { env: {} });
  expect(config.settings).toEqual({ maxCapacity: 10_000 });
  expect(config.warnings).toEqual([]);
});

test('noop can be chosen by name', () => {
  const config = parseConfig('[common.cache]\nenabled = true\nbackend = "noop"\n', { env: {} });
  expect(config).toMatchObject({ module: '@tasker-cache/noop', settings: {}, warnings: [] });
});

test.each([
  ['redis', 'redis://localhost:6379', 'common.cache.redis.url'],
  ['dragonfly', 'redis://localhost:6379', 'common.cache.dragonfly.url'],
  ['memcached', 'tcp://localhost:11211', 'common.cache.memcached.url'],
])('%s without a URL uses the guide’s and warns', (backend, url, key) => {
  const config = parseConfig(`[common.cache]\nenabled = true\nbackend = "${backend}"\n`, {
    env: {},
  });
  expect(config.settings).toMatchObject({ url });
  expect(config.warnings).toHaveLength(1);
  expect(config.warnings?.[0]).toContain(`${key}: not set`);
});

test('every other key of the design is read', () => {
  const text = `[common.cache]
enabled = true
backend = "moka"
module = "./adapters/moka.js"
default_ttl_seconds = 1
template_ttl_seconds = 2
analytics_ttl_seconds = 3
key_prefix = "staging:tasker"
template_segment = "task_template"
operation_timeout_ms = 4
max_value_bytes = 5
max_concurrent_loads = 6
load_timeout_seconds = 7
lease_wait_ms = 8
lease_ms = 9
grace_seconds = 10
ttl_jitter_percent = 11
max_undelivered = 12
`;
  expect(parseConfig(text, { env: {} })).toEqual({
    enabled: true,
    backend: 'moka',
    module: './adapters/moka.js',
    keyPrefix: 'staging:tasker',
    ttlMs: { default: 1000, templates: 2000, analytics: 3000 },
    segments: { templates: 'task_template' },
    operationTimeoutMs: 4,
    maxValueBytes: 5,
    circuitBreaker: { failureThreshold: 5, timeoutMs: 15_000, successThreshold: 2 },
    loads: { loadTimeoutMs: 7000, maxConcurrentLoads: 6, leaseMs: 9, leaseWaitMs: 8 },
    graceMs: 10_000,
    ttlJitter: 0.11,
    maxUndelivered: 12,
    settings: { maxCapacity: 10_000 },
    warnings: [],
  });
});
