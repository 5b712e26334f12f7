import { expect, test } from 'vitest';
import { CacheError, jsonCodec, openCache } from '../src/index.ts';
import { define, newStore, recordingLogger, scriptedAdapter } from './scripted-adapter.ts';

test.each(['CACHE_VALUE_INVALID', 'CACHE_VALUE_TOO_LARGE'] as const)(
  'what an adapter cannot read as a value (%s) is a miss, and the next load replaces it',
  async (code) => {
    const store = newStore();
    const adapter = scriptedAdapter(store);
    const adapters = [define(adapter)];
    const cache = await openCache({ backend: 'scripted' }, { adapters, logger: recordingLogger() });
    const region = cache.region<number>('generic');
    store.entries.set('tasker:generic:key', 'a list');
    store.fault = async (operation, key) => {
      if (operation === 'get' && store.entries.get(key) === 'a list')
        throw new CacheError(code, 'the key holds no string');
    };
    expect(await region.getOrLoad('key', () => 1)).toBe(1);
    await expect.poll(() => store.entries.get('tasker:generic:key')).toBe('1');
    expect(await region.getOrLoad('key', () => 2)).toBe(1);
    await cache.close();
  },
);

test('JSON that nests too deep is refused unparsed, whatever else is let through', () => {
  const refused = expect.objectContaining({ message: 'The JSON nests too deep' });
  expect(() => jsonCodec.decode('['.repeat(500_000), 'key')).toThrow(refused);
  expect(() => jsonCodec.decode('[ {"a":'.repeat(100_000), 'key')).toThrow(refused);
  const brackets = ['['.repeat(100_000), `\\"${'{'.repeat(1000)}\\`];
  expect(jsonCodec.decode(JSON.stringify(brackets), 'key')).toEqual(brackets);
  const wide = Array.from({ length: 50_000 }, () => ({}));
  expect(jsonCodec.decode(JSON.stringify(wide), 'key')).toEqual(wide);
});
