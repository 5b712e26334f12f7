import { expect, test } from 'vitest';
import { parseConfig } from '../src/index.ts';
import { warningsOf } from './support.ts';

const component = '[common.circuit_breakers.component_configs.cache]\n';
const defaults = '[common.circuit_breakers.default_config]\n';

function breakerOf(text: string) {
  return parseConfig(text, { env: {} }).circuitBreaker;
}

test('the component’s table is read', () => {
  const text = `${component}failure_threshold = 3\ntimeout_seconds = 4\nsuccess_threshold = 5\n`;
  const expected = { failureThreshold: 3, timeoutMs: 4000, successThreshold: 5 };
  expect(breakerOf(text)).toEqual(expected);
});

test('the timeout falls back to default_config, the thresholds do not', () => {
  const text = `${defaults}failure_threshold = 9\ntimeout_seconds = 30\nsuccess_threshold = 9\n`;
  const expected = { failureThreshold: 5, timeoutMs: 30_000, successThreshold: 2 };
  expect(breakerOf(text)).toEqual(expected);
  expect(breakerOf(`${component}timeout_seconds = 4\n${text}`)?.timeoutMs).toBe(4000);
});

test('a default_config timeout that is not used is not checked', () => {
  const text = `${component}timeout_seconds = 4\n${defaults}timeout_seconds = 9999\n`;
  expect(breakerOf(text)?.timeoutMs).toBe(4000);
});

test('other breakers may hold anything', () => {
  const text = `[common.cache]
[common.circuit_breakers]
enabled = "maybe"
[common.circuit_breakers.default_config]
half_open_max_calls = "x"
[common.circuit_breakers.component_configs.web]
failure_threshold = -1
`;
  expect(warningsOf(text)).toEqual([]);
});

test('an unknown key of the component is a warning', () => {
  const text = `[common.cache]\n${component}failure_treshold = 3\n`;
  expect(warningsOf(text)).toEqual([
    'tasker.toml:3: common.circuit_breakers.component_configs.cache.failure_treshold: unknown key, ignored; the nearest known name is failure_threshold.',
  ]);
});
