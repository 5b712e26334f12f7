import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { namesOf } from '../src/names.ts';

const command = join(import.meta.dirname, '../src/index.ts');
let place: string;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'create-tasker-cache-adapter-'));
});
afterAll(() => rm(place, { recursive: true, force: true }));

function create(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [command, ...args],
      { cwd: place, env: { ...process.env, npm_config_user_agent: 'pnpm/12.0.0' } },
      (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

test('writes a package under its names, and says what to do next', async () => {
  const { code, stdout } = await create('acme-store');
  expect(code).toBe(0);
  expect(stdout).toContain('  cd tasker-cache-acme-store\n  pnpm install\n  pnpm test\n');
  const folder = join(place, 'tasker-cache-acme-store');
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  expect(files.map(({ name }) => name).sort()).toEqual(
    [
      '.gitignore',
      ...['README.md', 'package.json', 'tsconfig.build.json', 'tsconfig.json'],
      ...['adapter.ts', 'index.ts', 'store.ts', 'conformance.test.ts'],
    ].sort(),
  );
  const texts = await Promise.all(
    files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')),
  );
  expect(texts.join('\n')).not.toMatch(/my.?backend/i);
  expect(texts.join('\n')).toMatch(/export const acmeStore: AdapterDefinition = \{/);
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  expect(manifest).toMatchObject({
    name: 'tasker-cache-acme-store',
    description: 'Acme Store as a backend of tasker-cache',
  });
});

test('writes into the folder that is named, if it is empty', async () => {
  await mkdir(join(place, 'empty'));
  expect(await create('one', 'empty')).toMatchObject({ code: 0 });
  const again = await create('one', 'empty');
  expect(again).toMatchObject({ code: 2, stdout: '' });
  expect(again.stderr).toContain("The folder 'empty' is not empty");
});

test('a folder that is a file is refused, and stays', async () => {
  await writeFile(join(place, 'file'), 'text');
  expect((await create('one', 'file')).stderr).toContain("'file' is a file, not a folder");
  expect((await create('one', 'file/below')).code).toBe(2);
  expect(await readFile(join(place, 'file'), 'utf8')).toBe('text');
});

test.each([
  [[], 'The name of the backend is missing'],
  [['--frob', 'one'], "Unknown option '--frob'"],
  [['one', 'two', 'three'], "'three' is one argument too many"],
  [['One'], "'One' cannot be a backend's name"],
  [['redis'], "'redis' is taken by tasker-cache itself"],
])('%o ends 2 with the reason and the usage', async (args, reason) => {
  const { code, stdout, stderr } = await create(...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`create-tasker-cache-adapter: ${reason}`);
  expect(stderr).toContain('npm create tasker-cache-adapter <name> [folder]');
});

test('--help prints the usage', async () => {
  const { code, stdout } = await create('--help');
  expect(code).toBe(0);
  expect(stdout).toContain('npm create tasker-cache-adapter <name> [folder]');
});

test('a name may be the package’s', () => {
  expect(namesOf('tasker-cache-valkey')).toEqual(namesOf('valkey'));
  expect(namesOf('valkey').packageName).toBe('tasker-cache-valkey');
});

test.each([
  ...['', '-a', 'a-', 'a--b', '1a', 'a_b', 'a.b', 'a/b', '../a', '@a/b', 'é', 'a b', 'node\n'],
  ...['a'.repeat(65), 'memory', 'tasker-cache-noop', 'register', 'class', 'await', 'let'],
])('refuses the name %j', (name) => {
  expect(() => namesOf(name)).toThrow(/^('|A backend's name has at most 64)/);
});

test.each(['a', 'cache', 'adapter', 'store', 'dynamo-db-2', 'a'.repeat(64)])(
  'takes the name %s',
  (name) => {
    expect(namesOf(name).packageName).toBe(`tasker-cache-${name}`);
  },
);
