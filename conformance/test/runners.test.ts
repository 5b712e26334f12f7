import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { clauses, conformance } from '@tasker-cache/conformance';
import { expect, test } from 'vitest';
import { correctAdapter } from '../mutants/correct-adapter.ts';

test('under node:test, clauses that are not run are skipped, with their reasons', async () => {
  const file = new URL('fixtures/node-test.ts', import.meta.url).pathname;
  const options = ['--conditions=tasker-source', '--test', '--test-reporter=tap', file];
  // Else the inner runner takes itself for a part of an outer one.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  const { stdout } = await promisify(execFile)(process.execPath, options, { env });
  expect(stdout).toContain(`# tests ${clauses.length}`);
  expect(stdout).toContain('# fail 0');
  expect(stdout).toMatch(/# skipped [1-9]/);
  expect(stdout).toContain(
    '# SKIP not run: no server was given, so there is no connection to break',
  );
}, 60_000);

test('a runner that passes no context still waits for each clause, and hears of failures', async () => {
  const bodies = new Map<string, () => Promise<void>>();
  const collect = (name: string, body: () => Promise<void>) => bodies.set(name, body);
  const create = () => {
    const adapter = correctAdapter();
    return { ...adapter, scope: 'process' as const, get: async () => undefined };
  };
  conformance({ test: collect, name: 'forgetful', create });
  const ends = await Promise.allSettled([...bodies.values()].map((body) => body()));
  const failed = [...bodies.keys()].filter((_, index) => ends[index]?.status === 'rejected');
  expect(failed).toContain('forgetful: RW-01 MUST return the value that was set');
  expect(failed).not.toContain(
    'forgetful: RW-02 MUST resolve a miss to undefined, and to nothing else',
  );
  for (const body of bodies.values()) expect(body.length).toBe(0);
});
