import { memcachedForms, redisForms } from './check-url.ts';
import { credential, flag, integer, type Setting, type Settings, text, url } from './setting.ts';

const ttlSeconds = (fallback: number): Setting<number> => integer(1, 86_400, fallback);
const connectionTimeoutSeconds: Setting<number> = integer(1, 60, 5);

type Flags<Name extends string> = Readonly<Record<Name, Setting<boolean>>>;
type Texts<Name extends string> = Readonly<Record<Name, Setting<string>>>;
type Numbers<Name extends string> = Readonly<Record<Name, Setting<number>>>;
type Optional<Name extends string, T> = Readonly<Record<Name, Setting<T | undefined>>>;

type CacheKeys = Flags<'enabled'> &
  Texts<'backend' | 'key_prefix' | 'template_segment'> &
  Optional<'module', string> &
  Numbers<
    | 'default_ttl_seconds'
    | 'template_ttl_seconds'
    | 'analytics_ttl_seconds'
    | 'operation_timeout_ms'
    | 'max_value_bytes'
  > &
  Optional<
    | 'max_concurrent_loads'
    | 'load_timeout_seconds'
    | 'lease_ms'
    | 'lease_wait_ms'
    | 'grace_seconds'
    | 'ttl_jitter_percent'
    | 'max_undelivered',
    number
  >;

/** `[common.cache]` */
export const cacheKeys: CacheKeys = {
  enabled: flag(false),
  backend: text(/^[a-z\d][\w-]{0,63}$/i, "an adapter's name", 'redis'),
  module: text(/^[^\p{Cc}]+$/u, 'the name of a package or a path', undefined),
  default_ttl_seconds: ttlSeconds(3600),
  template_ttl_seconds: ttlSeconds(3600),
  analytics_ttl_seconds: ttlSeconds(60),
  key_prefix: text(/^[^\s\p{Cc}]{1,100}$/u, '1 to 100 characters without white space', 'tasker'),
  template_segment: text(
    /^(?!(?:analytics|generic)$)[\w.-]{1,64}$/,
    '1 to 64 letters, digits, "_", "-" or ".", and not "analytics" or "generic"',
    'template',
  ),
  operation_timeout_ms: integer(1, 60_000, 250),
  max_value_bytes: integer(1, 67_108_864, 1_048_576),
  max_concurrent_loads: integer(1, 10_000, undefined),
  load_timeout_seconds: integer(1, 3600, undefined),
  lease_ms: integer(1, 3_600_000, undefined),
  lease_wait_ms: integer(0, 60_000, undefined),
  grace_seconds: integer(0, 86_400, undefined),
  ttl_jitter_percent: integer(0, 100, undefined),
  max_undelivered: integer(1, 1_000_000, undefined),
};

/** `[common.circuit_breakers.component_configs.cache]` */
export const breakerKeys: Numbers<'failure_threshold' | 'success_threshold'> = {
  failure_threshold: integer(1, 100, 5),
  success_threshold: integer(1, 100, 2),
};

/** The same table, else `[common.circuit_breakers.default_config]`. */
export const breakerTimeoutKeys: Numbers<'timeout_seconds'> = {
  timeout_seconds: integer(1, 300, 15),
};

const redisKeys: Settings = {
  url: url(redisForms, `\${REDIS_URL:-redis://localhost:6379}`),
  max_connections: integer(1, 100, 10),
  connection_timeout_seconds: connectionTimeoutSeconds,
  database: integer(0, 15, undefined),
  username: credential(),
  password: credential(),
};

/** A backend of the guide. */
export interface Backend {
  readonly module: string;
  /** The tables below `[common.cache]` that hold its keys; the first one that has a key wins. */
  readonly tables: readonly string[];
  readonly keys: Settings;
}

export const backends: ReadonlyMap<string, Backend> = new Map([
  ['redis', { module: '@tasker-cache/redis', tables: ['redis'], keys: redisKeys }],
  [
    'dragonfly',
    { module: '@tasker-cache/dragonfly', tables: ['dragonfly', 'redis'], keys: redisKeys },
  ],
  [
    'memcached',
    {
      module: '@tasker-cache/memcached',
      tables: ['memcached'],
      keys: {
        url: url(memcachedForms, 'tcp://localhost:11211'),
        max_connections: integer(1, 100, undefined),
        connection_timeout_seconds: connectionTimeoutSeconds,
        username: credential(),
        password: credential(),
      },
    },
  ],
  [
    'moka',
    {
      module: '@tasker-cache/memory',
      tables: ['moka'],
      keys: { max_capacity: integer(1, 1_000_000, 10_000) },
    },
  ],
  ['noop', { module: '@tasker-cache/noop', tables: ['noop'], keys: {} }],
]);

/** Other values of `backend`, and the backend they mean. */
export const aliases: ReadonlyMap<string, string> = new Map([
  ['memory', 'moka'],
  ['in-memory', 'moka'],
]);
