import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readArguments } from '../commands/arguments.ts';
import { main } from '../commands/main.ts';
import { selectTargets } from '../commands/targets.ts';
import { exitCodeOf } from '../report/outcome.ts';
import { resultsFolder } from '../report/results.ts';
import { failuresOf, terminalTable } from '../report/table.ts';
import { clauses } from '../src/clauses/index.ts';
import { runOf, unreached } from './report-outcomes.ts';

let folder: string;
let stdout = '';
let stderr = '';
const run = (...args: string[]) =>
  main(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tasker-cache-matrix-'));
  stdout = '';
  stderr = '';
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

test.each([
  [['--colour'], "'--colour'"],
  [['redis-7.0'], 'redis-7.0'],
  [['--servers', 'cloud'], "--servers is one of auto, containers, native, url, not 'cloud'"],
  [['--require', 'some'], "--require is one of all, not 'some'"],
  [['--report', 'pdf'], '--report is one of none, html, json'],
  [['--only', 'postgres'], "--only 'postgres' is no target and no adapter. Targets: memory, noop,"],
  [['--only', ''], "--only '' is no target"],
])('%j is a usage error', async (args, message) => {
  expect(await run(...args, '--results', folder)).toBe(2);
  expect(stderr).toContain(message);
  expect(stderr).toContain('pnpm conformance [options]');
  expect(await readdir(folder)).toEqual([]);
});

test('--help and --list run nothing', async () => {
  expect(await run('--help')).toBe(0);
  expect(stdout).toContain('--require all');
  expect(await run('--list')).toBe(0);
  expect(stdout).toMatch(/^redis-tls +@tasker-cache\/redis$/m);
  expect(stderr).toBe('');
});

test.each([
  [['valkey-8.1'], ['valkey-8.1']],
  [
    ['memory', 'memcached'],
    ['memory', 'memcached-1.6.18', 'memcached-1.6.45', 'memcached-sasl'],
  ],
  [
    ['valkey', 'valkey-8.1'],
    ['valkey-8.1', 'valkey-9.1'],
  ],
  [['redis-'], ['redis-7.0', 'redis-8.0', 'redis-cluster', 'redis-sentinel', 'redis-tls']],
])('--only %j means %j', (names, targets) => {
  expect(selectTargets(names).map(({ name }) => name)).toEqual(targets);
});

test('--only takes several names with commas, and may be repeated', () => {
  const { only } = readArguments(['--only', 'redis-7.0,memory', '--only', 'noop']);
  expect(only).toEqual(['redis-7.0', 'memory', 'noop']);
});

test('an adapter means every server that it is run against', () => {
  const names = selectTargets(['redis']).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['redis-7.0', 'redis-tls', 'valkey-9.1']));
  expect(names).not.toContain('dragonfly');
});

test('a run prints the table and writes the results', async () => {
  const code = await run(
    '--only',
    'noop',
    '--seed',
    'cafe',
    '--report',
    'json',
    '--results',
    folder,
  );
  expect(code).toBe(0);
  expect(stderr).toMatch(/^\[1\/1\] noop: in process … \d+ passed, 0 failed in [\d.]+ s\n$/);
  expect(stdout).toMatch(/^noop +– {2}in process +\d+ +0 +\d+ +0 +[\d.]+ {2}yes$/m);
  const stored = JSON.parse(await readFile(join(folder, 'noop.json'), 'utf8'));
  expect(Object.keys(stored.clauses)).toEqual(clauses.map(({ id }) => id));
  const [report] = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'));
  expect(report).toMatchObject({ target: 'noop', seed: 'cafe' });
  expect(report.results[0]).toMatchObject({ id: clauses[0]?.id, durationMs: expect.any(Number) });
});

test('a target that was named and is not reached ends 1 and says why', async () => {
  vi.stubEnv('DRAGONFLY_URL', '');
  const code = await run('--only', 'dragonfly', '--servers', 'url', '--results', folder);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^dragonfly: not run: DRAGONFLY_URL is not set/m);
  const stored = JSON.parse(await readFile(join(folder, 'dragonfly.json'), 'utf8'));
  expect(stored).toMatchObject({ isConformant: false, clauses: {} });
  expect(stored.notRun).toMatch(/^DRAGONFLY_URL is not set/);
});

test('the exit code', () => {
  expect(exitCodeOf([runOf('redis-8.0', {}), unreached], false)).toBe(0);
  expect(exitCodeOf([runOf('redis-8.0', {}), unreached], true)).toBe(1);
  expect(exitCodeOf([runOf('redis-8.0', { 3: 'failed' })], false)).toBe(1);
  expect(exitCodeOf([runOf('redis-8.0', { 3: 'not run' })], true)).toBe(0);
});

test('the table tells why a target is not conformant, the list below what failed', () => {
  const outcomes = [runOf('redis-8.0', { 0: 'failed', 2: 'not run' }), unreached];
  const table = terminalTable(outcomes);
  const counts = `native +${clauses.length - 2} +1 +0 +1 +4\\.2`;
  expect(table).toMatch(new RegExp(`${counts} {2}no: 1 MUST failed, 1 MUST not run$`, 'm'));
  expect(table).toMatch(/^redis-8\.0: 1 not run: /m);
  expect(table).toMatch(/^dragonfly: not run: DRAGONFLY_URL is not set$/m);
  const failures = failuresOf(outcomes).join('\n');
  expect(failures).toContain('--only redis-8.0 --seed cafe');
  expect(failures).toContain(`${clauses[0]?.id} ${clauses[0]?.title}`);
  expect(failures).toContain('      line 2');
});

test.each(['memory', 'noop'])('the committed results of %s are what comes out', async (target) => {
  expect(await run('--only', target, '--results', folder)).toBe(0);
  const read = async (from: string) => {
    const text = await readFile(join(from, `${target}.json`), 'utf8');
    const { adapterVersion: _, ...results } = JSON.parse(text);
    return results;
  };
  expect(await read(folder)).toEqual(await read(resultsFolder));
});
