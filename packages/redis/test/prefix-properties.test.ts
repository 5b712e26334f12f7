import { type Server, startServer } from '@tasker-cache/conformance';
import type { CacheAdapter } from '@tasker-cache/core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { redisAdapter } from '../src/index.ts';

let server: Server;
let adapter: CacheAdapter;

beforeAll(async () => {
  server = await startServer('redis-8.0');
  adapter = redisAdapter({ url: server.url });
});

afterAll(async () => {
  await adapter?.close();
  await server?.stop();
});

test('a prefix is text, whatever glob it looks like', async () => {
  const text = fc.string({ maxLength: 6, unit: fc.constantFrom(...'*?[]\\^-ab') });
  const names = fc.uniqueArray(text, { minLength: 1, maxLength: 8 });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(text, names, async (prefix, rest) => {
      const root = `prefix-properties:${run++}:`;
      const keys = rest.map((name) => `${root}${name}`);
      await Promise.all(keys.map((key) => adapter.set(key, '1', 60_000)));
      const below = keys.filter((key) => key.startsWith(root + prefix));
      expect(await adapter.deletePrefix?.(root + prefix)).toBe(below.length);
      const left = (await adapter.getMany?.(keys)) ?? [];
      expect(left).toEqual(keys.map((key) => (below.includes(key) ? undefined : '1')));
    }),
    { numRuns: 200 },
  );
});
