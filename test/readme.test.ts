import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startServer } from '@tasker-cache/conformance';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
// Inside the workspace, so that the snippets find the packages.
const folder = join(import.meta.dirname, '.snippets');
const run = promisify(execFile);

interface Snippet {
  readonly file: string;
  readonly source: string;
}

const snippets: readonly Snippet[] = globSync(
  ['*.md', 'packages/*/README.md', 'conformance/README.md'],
  {
    cwd: root,
  },
).flatMap((page) => {
  const blocks = readFileSync(join(root, page), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms);
  return [...blocks].map(([, source = ''], index) => ({
    file: `${page.replaceAll('/', '-').replace('.md', '')}-${index + 1}.ts`,
    source,
  }));
});

const servers: Awaited<ReturnType<typeof startServer>>[] = [];
const environment: NodeJS.ProcessEnv = { ...process.env };

beforeAll(async () => {
  await mkdir(folder, { recursive: true });
  for (const { file, source } of snippets) await writeFile(join(folder, file), source);
  for (const [variable, target] of [
    ['REDIS_URL', 'redis-8.0'],
    ['MEMCACHED_URL', 'memcached-1.6.45'],
  ] as const) {
    const server = await startServer(target);
    servers.push(server);
    environment[variable] = server.url;
  }
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.base.json', include: ['*.ts'] }),
  );
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await rm(folder, { recursive: true, force: true });
});

test('the snippets of all READMEs compile', async () => {
  expect(snippets.length).toBeGreaterThan(5);
  await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { cwd: root });
});

test.each(
  snippets.filter(({ source }) => !source.includes("from 'vitest'")).map(({ file }) => file),
)('%s runs', async (file) => {
  const arguments_ = ['--conditions=tasker-source', join(folder, file)];
  await run(process.execPath, arguments_, { cwd: folder, env: environment, timeout: 20_000 });
});
