// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables in TOML look like this
import { CacheError } from '@tasker-cache/core';
import { expect, test } from 'vitest';
import { parseConfig } from '../src/index.ts';
import { randomNumbers } from './support.ts';

const secret = 'hunter2';

/** Everything that a caller might print of the outcome, the settings themselves excepted. */
function printable(text: string, env: Record<string, string>): string {
  try {
    return (parseConfig(text, { env, file: 'tasker.toml' }).warnings ?? []).join('\n');
  } catch (error) {
    if (!CacheError.isInstance(error)) throw error;
    return [error.message, error.stack, error.cause, JSON.stringify(error)].join('\n');
  }
}

const credentials = [
  `"redis://user:${secret}@host:6379"`,
  `"redis://${secret}@host:6379"`,
  `"redis://user:${secret}@host:99999"`,
  `"redis://user:${secret}@host/99"`,
  `"redis://user:${secret}"`,
  `"redis://user:12/${secret}@host"`,
  `"http://user:${secret}@host"`,
  `"user:${secret}@host"`,
  `"redis+cluster://user:${secret}@a,b:x"`,
  `"tcp://user:${secret}@a,b/1"`,
  `"redis://host?password=${secret}"`,
  `"\${SECRET}"`,
  `"\${SECRET_URL}"`,
  `"redis://:\${SECRET}@host:99999"`,
  `"redis://:\${SECRET}@host/x"`,
  `["${secret}"]`,
  `{ a = "${secret}" }`,
  `{ ${'password'} = "${secret}" }`,
];
const tables = ['redis', 'dragonfly', 'memcached', 'moka', 'noop', 'valkey', 'unknown'];
const keys = [
  ...['url', 'username', 'password', 'max_connections', 'database', 'max_capacity'],
  ...['connection_timeout_seconds', 'passwort', 'uri'],
];
const env = { SECRET: secret, SECRET_URL: `redis://user:${secret}@host/x` };

test.each(tables)('no credential in a message about the table of %s', (table) => {
  for (const backend of tables) {
    for (const key of keys) {
      for (const value of credentials) {
        const text = `[common.cache]\nenabled = true\nbackend = "${backend}"\n[common.cache.${table}]\n${key} = ${value}\n`;
        expect(printable(text, env), text).not.toContain(secret);
      }
    }
  }
});

test.each(['url', 'username', 'password'])('%s without quotes is not shown either', (key) => {
  for (const value of ['8675309', '8675309.5', '[8675309]', '{ a = 8675309 }']) {
    const text = `[common.cache]\nenabled = true\n[common.cache.redis]\n${key} = ${value}\n`;
    const message = printable(text, {});
    expect(message).toContain(`common.cache.redis.${key} = `);
    expect(message).not.toContain('8675309');
  }
});

test('no credential in a message about [common.cache] or the breaker', () => {
  const names = ['enabled', 'default_ttl_seconds', 'key_prefix', 'template_segment', 'backend'];
  const breaker = '[common.circuit_breakers.component_configs.cache]\ntimeout_seconds';
  for (const name of [...names, 'redis', 'url', 'module', breaker]) {
    for (const value of credentials) {
      expect(printable(`[common.cache]\n${name} = ${value}\n`, env)).not.toContain(secret);
    }
  }
});

test('files damaged at random give a CacheError at worst, and never show a credential', () => {
  const file = `[common.cache]
enabled = true
backend = "redis"
default_ttl_seconds = 3600
key_prefix = "tasker"
[common.cache.redis]
url = "redis://user:${secret}@host:6379/0"
password = "${secret}"
max_connections = "\${MAX:-10}"
[common.cache.memcached]
url = "tcp://user:${secret}@a:11211,b:11211"
[common.circuit_breakers.component_configs.cache]
failure_threshold = 5
`;
  const seed = Number(process.env.SEED ?? 20_261_122);
  const random = randomNumbers(seed);
  const pieces = [
    ...['"', "'", '=', '[', ']', '{', '}', '.', ',', '#', '\n', '\r', '\\', '$', '${', '"""', '@'],
    ...['/', ':', '?', '%', ' ', '0', '-', '\u0000', '\uFEFF', '\ud800', 'é', '__proto__', 'true'],
  ];
  for (let round = 0; round < 5000; round++) {
    let text = file;
    for (let edit = 0; edit <= random() * 3; edit++) {
      const at = Math.floor(random() * text.length);
      const cut = Math.floor(random() * 4);
      const start = text.indexOf(secret, at - secret.length);
      // A damaged credential could not be searched for.
      if (start !== -1 && start < at + cut + 1) continue;
      const piece = pieces[Math.floor(random() * pieces.length)] ?? '';
      text = text.slice(0, at) + piece + text.slice(at + cut);
    }
    expect(printable(text, env), `SEED=${seed}, round ${round}:\n${text}`).not.toContain(secret);
  }
});
