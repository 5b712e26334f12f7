// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables in TOML look like this
import { expect, test } from 'vitest';
import { parseConfig } from '../src/index.ts';
import { cacheWith, problemsOf, settingsOf } from './support.ts';

function prefixOf(text: string, env: Record<string, string | undefined>): string | undefined {
  return parseConfig(`[common.cache]\nkey_prefix = '${text}'\n`, { env }).keyPrefix;
}

test.each([
  ['${A}', { A: 'x' }, 'x'],
  ['a-${A}-b-${B}', { A: 'x', B: 'y' }, 'a-x-b-y'],
  ['${A}${A}', { A: 'x' }, 'xx'],
  ['${A:-x}', {}, 'x'],
  ['${A:-x}', { A: undefined }, 'x'],
  ['${A:-x}', { A: 'y' }, 'y'],
  ['${A:-x}', { A: '' }, 'x'],
  ['a${A:-}', {}, 'a'],
  ['a${A}', { A: '' }, 'a'],
  ['${A:-http://h:1/-:-}', {}, 'http://h:1/-:-'],
  ['$${A}', { A: 'x' }, '${A}'],
  ['$${A}${A}', { A: 'x' }, '${A}x'],
  ['$A', { A: 'x' }, '$A'],
  ['a$', {}, 'a$'],
  ['{A}', { A: 'x' }, '{A}'],
  ['$$', {}, '$$'],
  ['${_a1}', { _a1: 'x' }, 'x'],
])('%s with %j is %s', (text, env, expected) => {
  expect(prefixOf(text, env)).toBe(expected);
});

test('what a variable holds is not expanded again', () => {
  expect(prefixOf('${A}', { A: '${B}', B: 'x' })).toBe('${B}');
});

test.each(['${', '${}', '${A', '${1A}', '${A-x}', '${A:x}', '${A:-${B}}', '${ A }'])(
  '%s is refused with the line and what to write',
  (text) => {
    expect(problemsOf(`[common.cache]\n\nkey_prefix = '${text}'\n`, { A: 'a', B: 'b' })).toEqual([
      expect.stringMatching(
        /^tasker\.toml:3: common\.cache\.key_prefix: .*write \$\{NAME\}, \$\{NAME:-default\}/,
      ),
    ]);
  },
);

test('an undefined variable names file, line, key and variable; each one is named', () => {
  expect(problemsOf(cacheWith('redis', '[common.cache.redis]\nurl = "${A}${B}"\n'))).toEqual([
    'tasker.toml:5: common.cache.redis.url: the variable A is not set. Set it, or write ${A:-default}.',
    'tasker.toml:5: common.cache.redis.url: the variable B is not set. Set it, or write ${B:-default}.',
  ]);
});

test.each(['__proto__', 'constructor', 'toString'])('${%s} is not set', (name) => {
  expect(problemsOf(`[common.cache]\nkey_prefix = "\${${name}}"\n`)).toEqual([
    expect.stringContaining(`the variable ${name} is not set`),
  ]);
});

test('process.env is the default', () => {
  const name = 'TASKER_CACHE_TEST_PREFIX';
  process.env[name] = 'from-process';
  try {
    expect(parseConfig(`[common.cache]\nkey_prefix = "\${${name}}"\n`).keyPrefix).toBe(
      'from-process',
    );
  } finally {
    delete process.env[name];
  }
});

test('numbers and booleans come from variables; a quoted number alone stays text', () => {
  const text = cacheWith('redis', '[common.cache.redis]\nurl = "redis://h"\ndatabase = "${DB:-0}"');
  expect(settingsOf(text)).toMatchObject({ database: 0 });
  expect(settingsOf(text, { DB: '7' })).toMatchObject({ database: 7 });
  for (const DB of ['16', '-1', '1.5', '0x1', '1e1', ' 1', '1 ', 'one', 'Infinity']) {
    expect(problemsOf(text, { DB })).toHaveLength(1);
  }
  expect(problemsOf(cacheWith('redis', '[common.cache.redis]\ndatabase = "0"\n'))).toHaveLength(1);
});

test('variables in tables that are not ours are left alone', () => {
  const text = '[common.cache]\n[common.database]\nurl = "${DATABASE_URL}"\nx = "${"\n';
  expect(parseConfig(text, { env: {} }).warnings).toEqual([]);
});

test('every string of ours is expanded', () => {
  const text = `[common.cache]
enabled = "\${ENABLED}"
backend = "\${BACKEND}"
module = "\${MODULE}"
key_prefix = "\${PREFIX}"
template_segment = "\${SEGMENT}"
[common.cache.redis]
url = "\${SCHEME}://\${HOST}"
username = "\${NAME}"
password = "\${WORD}"
`;
  const env = {
    ENABLED: 'true',
    BACKEND: 'redis',
    MODULE: '@acme/redis',
    PREFIX: 'p',
    SEGMENT: 's',
    SCHEME: 'rediss',
    HOST: 'h:1',
    NAME: 'n',
    WORD: 'w',
  };
  expect(parseConfig(text, { env })).toMatchObject({
    enabled: true,
    backend: 'redis',
    module: '@acme/redis',
    keyPrefix: 'p',
    segments: { templates: 's' },
    settings: { url: 'rediss://h:1', username: 'n', password: 'w' },
  });
});

test('an empty user name or password is none', () => {
  const text = cacheWith(
    'redis',
    '[common.cache.redis]\nurl = "redis://h"\nusername = ""\npassword = "${PW:-}"\n',
  );
  const settings = settingsOf(text);
  expect(settings).not.toHaveProperty('username');
  expect(settings).not.toHaveProperty('password');
});
