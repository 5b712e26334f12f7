import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { clauses } from '@tasker-cache/conformance';
import { expect, test, vi } from 'vitest';
import { mutants, networkMutants, problemsOf } from '../mutants/matrix.ts';
import { runReal } from '../mutants/real.ts';
import { realMutants } from '../mutants/real-products.ts';
import { realRedis } from '../mutants/real-redis.ts';

const all = [...mutants, ...networkMutants, ...realMutants];
/** As if every mutant had been killed as it should. */
const rows = all.map((mutant) => ({ ...mutant, failed: mutant.killedBy, durationMs: 0 }));

test('every mutant is killed by the clauses that name its fault; correct adapters fail nothing', async () => {
  const main = new URL('../mutants/main.ts', import.meta.url).pathname;
  // In a process of its own: some mutants leave rejections unhandled.
  const run = promisify(execFile)(process.execPath, [
    '--conditions=tasker-source',
    main,
    '--require',
    'all',
  ]);
  const { stdout } = await run.catch((error) => error);
  expect(stdout.split('\n').filter((line: string) => line.startsWith('PROBLEM'))).toEqual([]);
  expect(stdout).toMatch(
    /^real servers: redis-8\.0 8\.\S+ \(\w+\), memcached-1\.6\.45 1\.6\.45 \(\w+\)$/m,
  );
  expect(stdout).toContain(`${all.length} of ${all.length} mutants killed`);
}, 400_000);

test('there are at least 60 mutants, 20 of them over real adapters, each of 15 lines at most', () => {
  expect(all.length).toBeGreaterThanOrEqual(60);
  const over = (name: string) => realMutants.filter(({ id }) => id.startsWith(`${name}-`)).length;
  expect(over('redis')).toBeGreaterThanOrEqual(12);
  expect(over('memcached')).toBeGreaterThanOrEqual(8);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  // Without the first and the last line, which hold no fault.
  const lines = (mutate: unknown) => String(mutate).split('\n').length - 2;
  expect(all.filter(({ mutate }) => lines(mutate) > 15).map(({ id }) => id)).toEqual([]);
});

test('without any one of the clauses the matrix is a failure', () => {
  expect(problemsOf(rows, clauses)).toEqual([]);
  for (const { id } of clauses) {
    const problems = problemsOf(
      rows,
      clauses.filter((clause) => clause.id !== id),
    );
    expect(
      problems.some((problem) => problem.endsWith(`killed by ${id}, which does not exist`)),
    ).toBe(true);
  }
});

test('a surviving mutant, a clause without a mutant and a failing correct adapter are told', () => {
  const [first, ...others] = rows;
  const survivor = {
    id: 'survivor',
    fault: '',
    killedBy: ['RW-01'],
    failed: ['RW-02'],
    durationMs: 0,
  };
  const correct = { id: 'correct', fault: '', killedBy: [], failed: ['RW-03'], durationMs: 0 };
  expect(problemsOf([...rows, survivor, correct], clauses)).toEqual([
    "'survivor' survives RW-01, which names its fault",
    "RW-03 fails the correct adapter 'correct'",
  ]);
  expect(first?.killedBy).toEqual(['RW-01']);
  expect(problemsOf(others, clauses)).toEqual(['RW-01 kills no mutant']);
});

test('a mutant whose server cannot be had is not run: neither killed nor a survivor', async () => {
  vi.stubEnv('PATH', '');
  vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:1');
  const mutant = { id: 'away', fault: '', killedBy: ['RW-01'], mutate: () => ({}) };
  const { results, ...run } = await runReal(realRedis, mutant, clauses, 1000);
  vi.unstubAllEnvs();
  expect(results).toEqual([]);
  expect(run.notRun).toMatch(/^redis-8\.0: .+on PATH$/);
  expect(problemsOf([...rows, { ...mutant, failed: [], ...run }], clauses)).toEqual([]);
});
