import { parseConfig } from '@tasker-cache/config';
import type { CacheConfig } from '@tasker-cache/core';
import {
  environment,
  login,
  password,
  privateKey,
  token,
  tokenOnly,
  tomlOf,
  user,
} from './secret-places.ts';

const host = '127.0.0.1';
const wrongSettings: readonly (readonly [string, string, object])[] = [
  ['another user in the URL', 'redis', { url: `redis://${login}${host}`, username: token }],
  ['another password in the URL', 'redis', { url: `redis://${login}${host}`, password: token }],
  ['a query', 'redis', { url: `redis://${login}${host}?token=${token}` }],
  ['a password that is not encoded', 'redis', { url: `redis://${user}:${password}@${host}` }],
  ['a lone percent sign', 'redis', { url: `redis://${user}:${token}%@${host}` }],
  ['a port that is none', 'redis', { url: `redis://${login}${host}:99999` }],
  ['a database that is none', 'redis', { url: `redis://${login}${host}/${token}` }],
  ['a scheme that is none', 'redis', { url: `http://${login}${host}` }],
  ['a Sentinel URL without a name', 'redis', { url: `redis+sentinel://${tokenOnly}${host}` }],
  ['a URL that is no text', 'redis', { url: { href: `redis://${login}${host}` } }],
  ['a password that is no text', 'redis', { username: user, password: [password] }],
  ['a user without a password', 'redis', { username: user }],
  ['a time that is none', 'redis', { url: `redis://${login}${host}`, connectionTimeoutMs: 'x' }],
  ['TLS settings without TLS', 'redis', { password, tls: { key: privateKey } }],
  [
    'unknown TLS settings',
    'redis',
    { url: `rediss://${login}${host}`, tls: { passphrase: token } },
  ],
  ['a path', 'memcached', { url: `tcp://${login}${host}/${token}` }],
  ['TLS', 'memcached', { url: `tls://${login}${host}` }],
  ['a password that is not encoded', 'memcached', { url: `tcp://${user}:${password}@${host}` }],
  ['a user without a password', 'memcached', { username: user }],
  ['a password without a user', 'memcached', { password: token }],
  ['a password that is no text', 'memcached', { username: user, password: { text: password } }],
  ['too few connections', 'memcached', { url: `tcp://${login}a,b`, maxConnections: 1 }],
];
const url = `redis://${login}${host}`;
const goodToml = tomlOf('redis', { url });
const wrongToml: Readonly<Record<string, string>> = {
  'another password in the URL': tomlOf('redis', { url, password: token }),
  'a password that is not encoded': tomlOf('redis', { url: `redis://${user}:${password}@${host}` }),
  'a variable that is not set': tomlOf('redis', { url, password: `\${NOT_SET}${token}` }),
  'a variable in a wrong place': tomlOf('redis', { url: `redis://\${CACHE_TOKEN}@${host}` }),
  'a variable for a number': `${goodToml}\nmax_connections = "\${CACHE_TOKEN}"`,
  'a number beside it': `${goodToml}\nmax_connections = 0`,
  'a password that is no text': `${goodToml}\npassword = ["${token}"]`,
  'a quotation mark left out': `${goodToml}\npassword = "${token}\n`,
  'a key twice': `${goodToml}\nurl = "redis://${tokenOnly}${host}"`,
  'a table on one line': `[common]\ncache = { enabled = true, redis = "${url}" }`,
};

/** Each is refused for one thing, beside credentials. */
export const wrongConfigurations: readonly (readonly [string, () => CacheConfig])[] = [
  ...wrongSettings.map(
    ([name, backend, settings]) =>
      [`${backend}, ${name}`, (): CacheConfig => ({ backend, settings: { ...settings } })] as const,
  ),
  ...Object.entries(wrongToml).map(
    ([name, text]) => [`TOML, ${name}`, () => parseConfig(text, { env: environment })] as const,
  ),
];
