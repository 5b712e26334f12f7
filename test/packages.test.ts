import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { transform } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packAll } from './tarballs.ts';

const root = join(import.meta.dirname, '..');
const folders = [
  ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`),
  'conformance',
];
const packages = folders.map((folder): { name: string; exports?: unknown } =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')),
);
const run = promisify(execFile);
let tarballs: ReadonlyMap<string, string>;
let project: string;

const tarball = (name: string) => tarballs.get(name) as string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'tasker-cache-project-'));
  tarballs = await packAll();
  await writeFile(join(project, 'package.json'), '{ "name": "fresh", "private": true }');
  const installed = ['@tasker-cache/core', '@tasker-cache/memory'].map(tarball);
  await run('npm', ['install', '--no-audit', '--no-fund', ...installed], { cwd: project });
}, 600_000);

afterAll(async () => {
  await rm(project, { recursive: true, force: true });
});

test.each(packages)('the tarball of $name is sound for ESM consumers', async (manifest) => {
  const bin = join(root, 'node_modules/.bin');
  await run(join(bin, 'publint'), ['run', tarball(manifest.name), '--strict']);
  // A command has nothing to import.
  if (manifest.exports === undefined) return;
  await run(join(bin, 'attw'), [tarball(manifest.name), '--profile', 'esm-only']);
});

test.each([
  ['require', ['-e', "const { openCache } = require('@tasker-cache/core'); use(openCache);"]],
  [
    'import',
    [
      '--input-type=module',
      '-e',
      "import { openCache } from '@tasker-cache/core'; use(openCache);",
    ],
  ],
])('%s works from a project with core and memory alone', async (_way, [...arguments_]) => {
  const use = `
    async function use(openCache) {
      const cache = await openCache({ backend: 'moka', module: '@tasker-cache/memory' });
      const region = cache.region('generic');
      await region.set('a', { n: 1 });
      console.log(JSON.stringify(await region.get('a')));
      await cache.close();
    }`;
  const script = `${use}\n${arguments_.pop()}`;
  const { stdout } = await run(process.execPath, [...arguments_, script], { cwd: project });
  expect(stdout.trim()).toBe('{"n":1}');
  expect(existsSync(join(project, 'node_modules/ioredis'))).toBe(false);
});

test('core is small', async () => {
  const source = readFileSync(join(root, 'packages/core/dist/index.js'), 'utf8');
  const { code } = await transform(source, { minify: true, format: 'esm', target: 'node22' });
  expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(10_240);
});
