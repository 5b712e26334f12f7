import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { transform } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const folders = [
  ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`),
  'conformance',
];
const run = promisify(execFile);
let place: string;
let project: string;

/** pnpm as it runs this test, or by its name. */
const pnpm = (arguments_: readonly string[], cwd: string) => {
  const path = process.env.npm_execpath;
  const isPnpm = path?.includes('pnpm') === true;
  const [command, ...first] =
    isPnpm && /\.[cm]?js$/.test(path) ? [process.execPath, path] : [isPnpm ? path : 'pnpm'];
  return run(command as string, [...first, ...arguments_], { cwd });
};
const tarball = (name: string) => join(place, `tasker-cache-${name}-${version(name)}.tgz`);
const version = (name: string): string => {
  const folder = name === 'conformance' ? name : `packages/${name}`;
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).version;
};

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'tasker-cache-packages-'));
  await pnpm(['-r', 'run', 'build'], root);
  for (const folder of folders) {
    await pnpm(['pack', '--pack-destination', place], join(root, folder));
  }
  project = await mkdtemp(join(tmpdir(), 'tasker-cache-project-'));
  await writeFile(join(project, 'package.json'), '{ "name": "fresh", "private": true }');
  await run('npm', ['install', '--no-audit', '--no-fund', tarball('core'), tarball('memory')], {
    cwd: project,
  });
});

afterAll(async () => {
  await rm(place, { recursive: true, force: true });
  await rm(project, { recursive: true, force: true });
});

test.each(folders.map((folder) => folder.split('/').at(-1) as string))(
  'the tarball of %s is sound for ESM consumers',
  async (name) => {
    const bin = join(root, 'node_modules/.bin');
    await run(join(bin, 'publint'), ['run', tarball(name), '--strict']);
    await run(join(bin, 'attw'), [tarball(name), '--profile', 'esm-only']);
  },
);

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
