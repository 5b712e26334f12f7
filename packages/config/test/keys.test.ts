// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables in TOML look like this
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../src/index.ts';
import { problemsOf } from './support.ts';

interface Key {
  readonly table: string;
  readonly name: string;
  readonly backend?: string;
}

const breaker = 'common.circuit_breakers.component_configs.cache';
const breakerDefaults = 'common.circuit_breakers.default_config';

const numbers: readonly (Key & { readonly min: number; readonly max: number })[] = [
  { table: 'common.cache', name: 'default_ttl_seconds', min: 1, max: 86_400 },
  { table: 'common.cache', name: 'template_ttl_seconds', min: 1, max: 86_400 },
  { table: 'common.cache', name: 'analytics_ttl_seconds', min: 1, max: 86_400 },
  { table: 'common.cache', name: 'operation_timeout_ms', min: 1, max: 60_000 },
  { table: 'common.cache', name: 'max_value_bytes', min: 1, max: 67_108_864 },
  { table: 'common.cache', name: 'max_concurrent_loads', min: 1, max: 10_000 },
  { table: 'common.cache', name: 'load_timeout_seconds', min: 1, max: 3600 },
  { table: 'common.cache', name: 'lease_ms', min: 1, max: 3_600_000 },
  { table: 'common.cache', name: 'lease_wait_ms', min: 0, max: 60_000 },
  { table: 'common.cache', name: 'grace_seconds', min: 0, max: 86_400 },
  { table: 'common.cache', name: 'ttl_jitter_percent', min: 0, max: 100 },
  { table: 'common.cache', name: 'max_undelivered', min: 1, max: 1_000_000 },
  { table: breaker, name: 'failure_threshold', min: 1, max: 100 },
  { table: breaker, name: 'success_threshold', min: 1, max: 100 },
  { table: breaker, name: 'timeout_seconds', min: 1, max: 300 },
  { table: breakerDefaults, name: 'timeout_seconds', min: 1, max: 300 },
  ...[
    { table: 'common.cache.redis', backend: 'redis' },
    { table: 'common.cache.redis', backend: 'dragonfly' },
    { table: 'common.cache.dragonfly', backend: 'dragonfly' },
  ].flatMap((key) => [
    { ...key, name: 'max_connections', min: 1, max: 100 },
    { ...key, name: 'connection_timeout_seconds', min: 1, max: 60 },
    { ...key, name: 'database', min: 0, max: 15 },
  ]),
  ...['max_connections', 'connection_timeout_seconds'].map((name) => ({
    table: 'common.cache.memcached',
    backend: 'memcached',
    name,
    min: 1,
    max: name === 'max_connections' ? 100 : 60,
  })),
  { table: 'common.cache.moka', backend: 'moka', name: 'max_capacity', min: 1, max: 1_000_000 },
  { table: 'common.cache.moka', backend: 'memory', name: 'max_capacity', min: 1, max: 1_000_000 },
];

/** A file whose last line sets the key. */
function fileWith({ table, name, backend = 'redis' }: Key, value: string): string {
  const head = `[common.cache]\nenabled = true\nbackend = "${backend}"\n`;
  return table === 'common.cache'
    ? `${head}${name} = ${value}\n`
    : `${head}\n[${table}]\n${name} = ${value}\n`;
}

function lastLine(text: string): number {
  return text.trimEnd().split('\n').length;
}

describe.each(numbers)('$table.$name ($backend)', (key) => {
  test.each([key.min, key.max])('accepts %d', (value) => {
    expect(parseConfig(fileWith(key, String(value)), { env: {} }).enabled).toBe(true);
  });

  test.each([
    [String(key.min - 1), String(key.min - 1)],
    [String(key.max + 1), String(key.max + 1)],
    [`${key.min}.5`, `${key.min}.5`],
    ['nan', 'NaN'],
    ['99999999999999999999', '99999999999999999999'],
    [`"${key.min}"`, `"${key.min}"`],
    ['true', 'true'],
    ['[1]', 'an array'],
    ['{}', 'a table'],
    ['2026-01-01', 'a date'],
    ['"${N}"', '"${N}"'],
  ])('refuses %s', (value, shown) => {
    const text = fileWith(key, value);
    const [problem, ...others] = problemsOf(text, { N: 'many' });
    expect(others).toEqual([]);
    const place = `tasker.toml:${lastLine(text)}: ${key.table}.${key.name} = ${shown}: `;
    expect(problem).toContain(`${place}expected a whole number from ${key.min} to ${key.max}`);
  });

  test('accepts what a variable expands to, and checks its range', () => {
    const text = fileWith(key, `"\${N:-${key.max}}"`);
    expect(parseConfig(text, { env: {} })).toEqual(
      parseConfig(fileWith(key, String(key.max)), { env: {} }),
    );
    expect(problemsOf(text, { N: String(key.max + 1) })).toHaveLength(1);
  });
});

const texts: readonly Key[] = [
  ...['backend', 'module', 'key_prefix', 'template_segment'].map((name) => ({
    table: 'common.cache',
    name,
  })),
  ...['url', 'username', 'password'].flatMap((name) => [
    { table: 'common.cache.redis', backend: 'redis', name },
    { table: 'common.cache.dragonfly', backend: 'dragonfly', name },
    { table: 'common.cache.memcached', backend: 'memcached', name },
  ]),
];

describe.each(texts)('$table.$name ($backend)', (key) => {
  test.each(['5', 'true', '["a"]', '{ a = 1 }', '2026-01-01'])('refuses %s', (value) => {
    const isBackend = key.name === 'backend';
    const text = isBackend ? `[common.cache]\nbackend = ${value}\n` : fileWith(key, value);
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`tasker.toml:${lastLine(text)}: ${key.table}.${key.name} = `);
    expect(problems[0]).toMatch(/expected .+ in quotes/);
  });
});

test.each(['"true"', '1', '"yes"', '[]', '"${ON}"'])('enabled refuses %s', (value) => {
  expect(problemsOf(`[common.cache]\nenabled = ${value}\n`, { ON: 'on' })).toEqual([
    expect.stringContaining('tasker.toml:2: common.cache.enabled = '),
  ]);
});

test.each([
  ['true', true],
  ['false', false],
])('enabled accepts a variable that holds %s', (text, enabled) => {
  const config = parseConfig('[common.cache]\nenabled = "${ON}"\n', { env: { ON: text } });
  expect(config.enabled).toBe(enabled);
});

test.each([
  ['backend', '""'],
  ['backend', '"redis://h"'],
  ['module', '""'],
  ['key_prefix', '""'],
  ['key_prefix', '"a b"'],
  ['key_prefix', `"${'x'.repeat(101)}"`],
  ['template_segment', '""'],
  ['template_segment', '"a:b"'],
  ['template_segment', '"analytics"'],
  ['template_segment', '"generic"'],
  ['template_segment', `"${'x'.repeat(65)}"`],
])('%s refuses %s', (name, value) => {
  expect(problemsOf(`[common.cache]\n${name} = ${value}\n`)).toEqual([
    expect.stringContaining(`tasker.toml:2: common.cache.${name} = `),
  ]);
});

test.each([
  ['key_prefix', 'x'.repeat(100)],
  ['template_segment', 'x'.repeat(64)],
  ['template_segment', 'analytics2'],
])('%s accepts %s', (name, value) => {
  expect(parseConfig(`[common.cache]\n${name} = "${value}"\n`).warnings).toEqual([]);
});

test('one message names every problem, a line each', () => {
  const text = `[common.cache]
enabled = "yes"
backend = "redis"
default_ttl_seconds = 0
[common.cache.redis]
url = "http://localhost"
max_connections = 101
[common.circuit_breakers.component_configs.cache]
failure_threshold = 0
`;
  const lines = problemsOf(text).map((problem) => Number(problem.split(':')[1]));
  expect(lines.sort()).toEqual([2, 4, 6, 7, 9]);
});
