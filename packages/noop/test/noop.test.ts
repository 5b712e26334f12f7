import { consoleLogger, findAdapter } from '@tasker-cache/core/adapter';
import { expect, test } from 'vitest';
import { noop, noopAdapter } from '../src/index.ts';

test('is registered as noop', async () => {
  expect(findAdapter('noop')).toBe(noop);
  const adapter = await noop.create({
    settings: {},
    maxValueBytes: 1000,
    logger: consoleLogger('silent'),
  });
  expect(adapter).toMatchObject({ name: 'noop', scope: 'none' });
});

test('misses and succeeds', async () => {
  const adapter = noopAdapter();
  await adapter.set('key', 'value', 1000);
  expect(await adapter.get('key')).toBeUndefined();
  expect(await adapter.delete('key')).toBe(false);
  await adapter.ping();
  await adapter.close();
});
