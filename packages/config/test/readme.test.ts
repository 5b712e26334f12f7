import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseConfig } from '../src/index.ts';
import { backends, breakerKeys, breakerTimeoutKeys, cacheKeys } from '../src/tables.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const rows = readme.split('\n').filter((line) => line.startsWith('| `'));

test.each([
  ...Object.entries({ ...cacheKeys, ...breakerKeys, ...breakerTimeoutKeys }),
  ...[...backends.values()].flatMap(({ keys }) => Object.entries(keys)),
])('%s has a row with its default', (name, { fallback }) => {
  const row = rows.find((line) => line.split('|')[1]?.includes(`\`${name}\``));
  expect(row).toBeDefined();
  expect(row?.split('|')[3]).toContain(String(fallback ?? ''));
});

test('its example of an error is what the code says', () => {
  const [, example = ''] = /```text\n([^`]*)```/.exec(readme) ?? [];
  const text = `[common.cache]
enabled = true
backend = "redis"

[common.cache.redis]
url = "redis://user:secret@redis.internal:6379/99"
max_connections = 0
`;
  expect(() => parseConfig(text, { file: 'tasker.toml' })).toThrow(
    expect.objectContaining({ message: example.trimEnd() }),
  );
});
