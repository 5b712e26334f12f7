import { conformance, runConformance } from '@tasker-cache/conformance';
import { afterAll, expect, test } from 'vitest';
import { correctAdapter, type Store } from '../mutants/correct-adapter.ts';
import { TinyAdapter } from '../mutants/tiny-adapter.ts';
import { startTinyServer } from '../mutants/tiny-server.ts';

// Every clause runs here: the server is the kit's own.
const server = await startTinyServer();
afterAll(() => server.close());
conformance({ test, name: 'tiny', server, create: ({ url }) => new TinyAdapter(url) });

test('a correct adapter of this process fails nothing, and is not called conformant unseen', async () => {
  const store: Store = new Map();
  const results = await runConformance({ name: 'map', create: () => correctAdapter(store) });
  const states = new Set(results.results.map(({ state }) => state));
  expect(states).toEqual(new Set(['passed', 'not run']));
  expect(results.isConformant).toBe(false);
});

test('it is conformant when its scope says that there is no connection to break', async () => {
  const create = () => ({ ...correctAdapter(), scope: 'process' as const });
  const results = await runConformance({ name: 'map', create });
  expect(results.results.filter(({ state }) => state === 'failed')).toEqual([]);
  expect(results.isConformant).toBe(true);
});
