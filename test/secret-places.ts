// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables in TOML look like this
import { parseConfig } from '@tasker-cache/config';
import type { OwnServer } from '@tasker-cache/conformance';
import type { CacheConfig } from '@tasker-cache/core';

type Server = Pick<OwnServer, 'host' | 'port'>;

/** A configuration that holds credentials, for a server. */
export interface Place {
  readonly backend: 'redis' | 'memcached';
  readonly name: string;
  /** Speaks to one plain server, so that any such server can let it in. */
  readonly isPlain: boolean;
  config(server: Server): CacheConfig;
}

/** Texts that appear nowhere else, so that any trace of them is a leak. */
export const user = 'usr-4Zq7Lx';
export const password = 'pw-9Kt/2v@Rb%w:8Hs5Ym';
export const token = 'tok-6Nd+3c=Yf#1Jg9Vz';
export const secrets: readonly string[] = [user, password, token];

export const login: string = `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`;
export const tokenOnly: string = `:${encodeURIComponent(token)}@`;

export const environment: Readonly<Record<string, string>> = {
  CACHE_USER: user,
  CACHE_PASSWORD: password,
  CACHE_TOKEN: token,
  ENCODED_PASSWORD: encodeURIComponent(password),
  ENCODED_TOKEN: encodeURIComponent(token),
};

export const privateKey: string = `-----BEGIN PRIVATE KEY-----\n${token}\n-----END PRIVATE KEY-----`;

type Table = Readonly<Record<string, string>>;
/** A URL from what stands before and after the address, and the other settings. */
type Row = readonly [name: string, before: string, after: string, others?: object];

export function tomlOf(backend: string, table: Table): string {
  const keys = Object.entries(table).map(([key, text]) => `${key} = ${JSON.stringify(text)}`);
  const head = ['[common.cache]', 'enabled = true', `backend = "${backend}"`];
  return [...head, `[common.cache.${backend}]`, ...keys].join('\n');
}

const direct =
  (backend: Place['backend'], isPlain: boolean) =>
  ([name, before, after, others]: Row): Place => ({
    ...{ backend, name, isPlain },
    config: ({ host, port }) => ({
      backend,
      settings: { url: `${before}${host}:${port}${after}`, ...others },
    }),
  });

const toml =
  (backend: Place['backend']) =>
  ([name, before, after, others]: Row): Place => ({
    ...{ backend, name: `TOML, ${name}`, isPlain: true },
    config({ host, port }) {
      const table = { url: `${before}${host}:${port}${after}`, ...others };
      return parseConfig(tomlOf(backend, table), { env: environment });
    },
  });

const inKeys: Table = { username: user, password };
const inVariables: Table = { username: '${CACHE_USER}', password: '${CACHE_PASSWORD}' };

const redisPlain: readonly Row[] = [
  ['a URL', `redis://${login}`, '/0'],
  ['a URL with a token', `redis://${tokenOnly}`, ''],
  ['keys', 'redis://', '', inKeys],
  ['a key with a token', 'redis://', '', { password: token }],
];
const redisOthers: readonly Row[] = [
  ['a Sentinel URL', `redis+sentinel://${login}`, '/tasker'],
  ['a Sentinel URL with a token', `redis+sentinel://${tokenOnly}`, '/tasker'],
  ['keys beside a Sentinel URL', 'redis+sentinel://', '/tasker', inKeys],
  ['a Cluster URL', `redis+cluster://${login}`, ''],
  ['a Cluster URL with a token', `redis+cluster://${tokenOnly}`, ''],
  ['a URL with TLS', `rediss://${login}`, ''],
  ['a Cluster URL with TLS', `rediss+cluster://${login}`, ''],
  ['a key for TLS that is none', `rediss://${login}`, '', { tls: { key: privateKey } }],
  ['an authority for TLS that is none', `rediss://${login}`, '', { tls: { ca: token } }],
];
const redisToml: readonly Row[] = [
  ['variables in the URL', 'redis://${CACHE_USER}:${ENCODED_PASSWORD}@', '/0'],
  ['a token as a variable', 'redis://:${ENCODED_TOKEN}@', ''],
  ['variables in keys', 'redis://', '', inVariables],
  ['a default of a variable', 'redis://', '', { password: `\${NOT_SET:-${token}}` }],
];
const memcachedPlain: readonly Row[] = [
  ['a URL', `tcp://${login}`, ''],
  ['keys', 'tcp://', '', inKeys],
  ['keys with a token', 'tcp://', '', { username: user, password: token }],
];
const memcachedToml: readonly Row[] = [
  ['variables in the URL', 'tcp://${CACHE_USER}:${ENCODED_TOKEN}@', ''],
  ['variables in keys', 'tcp://', '', inVariables],
];

export const places: readonly Place[] = [
  ...redisPlain.map(direct('redis', true)),
  ...redisOthers.map(direct('redis', false)),
  ...[...redisPlain, ...redisToml].map(toml('redis')),
  ...memcachedPlain.map(direct('memcached', true)),
  direct('memcached', false)(['the first of two URLs', `tcp://${login}`, ',127.0.0.1:2']),
  ...[...memcachedPlain, ...memcachedToml].map(toml('memcached')),
];
