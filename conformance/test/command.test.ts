import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const command = join(import.meta.dirname, '../src/command.ts');
const correct = join(import.meta.dirname, '../mutants/correct-adapter.ts');
let place: string;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'tasker-cache-command-'));
});
afterAll(() => rm(place, { recursive: true, force: true }));

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const options = ['--conditions=tasker-source', command, ...args];
  const env = { ...process.env, CI: undefined };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, options, { env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

async function module(text: string): Promise<string> {
  const path = join(place, `${Math.random()}.mjs`);
  await writeFile(path, `import { correctAdapter } from ${JSON.stringify(correct)};\n${text}`);
  return path;
}

const inProcess = "scope: 'process'";

test('a correct adapter: a table, a verdict, and 0', async () => {
  const path = await module(
    `export const mapAdapter = () => ({ ...correctAdapter(), ${inProcess} });`,
  );
  const { code, stdout } = await run(path, '--name', 'map', '--seed', 'abc');
  expect(stdout).toMatch(/^group +passed +failed +not applicable +not run$/m);
  expect(stdout).toMatch(/^lifecycle +\d+ +0 +\d+ +0$/m);
  expect(stdout).toMatch(/^map: conformant; [\d.]+ s, seed abc$/m);
  expect(code).toBe(0);
});

test('a broken one: its failures by name, and 1', async () => {
  const broken = `({ ...correctAdapter(), ${inProcess}, get: async () => undefined })`;
  const { code, stdout } = await run(await module(`export default () => ${broken};`));
  expect(stdout).toContain('failed: RW-01 MUST return the value that was set');
  expect(stdout).toContain(': not conformant;');
  expect(code).toBe(1);
});

test('a server that is away: not run is never a pass', async () => {
  const path = await module('export const mapAdapter = () => correctAdapter();');
  const { code, stdout } = await run(path, '--server', 'redis://127.0.0.1:1');
  expect(stdout).toMatch(/^not run: \d+ clauses: no server answers at 127\.0\.0\.1:1$/m);
  expect(stdout).toContain(': not conformant;');
  expect(code).toBe(1);
});

test.each([
  [[], 'The module of the adapter is missing'],
  [['./nowhere.js'], "Cannot import './nowhere.js'"],
  [['no-such-package'], "No package 'no-such-package' is installed here"],
  [['./a.js', './b.js'], "'./b.js' is one argument too many"],
  [['./a.js', '--frob'], "Unknown option '--frob'"],
  [[correct, '--export', 'other'], 'No single function to create the adapter; exported: correct'],
  [[correct, '--server', 'here'], '`server` is a URL'],
])('%o ends 2 with the reason', async (args, reason) => {
  const { code, stdout, stderr } = await run(...args);
  expect(stderr).toContain(reason);
  expect([code, stdout]).toEqual([2, '']);
});

test('--help prints the usage', async () => {
  const { code, stdout } = await run('--help');
  expect(stdout).toContain('tasker-cache-conformance <module> [options]');
  expect(code).toBe(0);
});
