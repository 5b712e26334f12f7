import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { clauses } from '@tasker-cache/conformance';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRegistry, type TarballRegistry } from './tarball-registry.ts';
import { packAll } from './tarballs.ts';

const page = readFileSync(join(import.meta.dirname, '../CONTRIBUTING.md'), 'utf8');
const [, chapter = ''] = page.split('\n## Write an adapter\n');
/** `sh` blocks are commands, others are the text of the file that they name. */
const blocks = [...chapter.matchAll(/^```(\w+) ?(\S*)\n(.*?)^```$/gms)];

let registry: TarballRegistry;
let place: string;
/** What each block printed, by its text. */
const printed = new Map<string, string>();
const run = promisify(execFile);

/** npm finds our packages in our registry, and never an older build of them in its cache. */
const npm = `npm() {
  if [ "$1" = create ]; then command npm "$@" --yes --registry="$REGISTRY" --cache="$CACHE"
  elif [ "$1" = install ]; then command npm "$@" --@tasker-cache:registry="$REGISTRY" --prefer-offline
  else command npm "$@"; fi
}`;

async function shell(script: string, cwd: string) {
  const env = {
    ...process.env,
    REGISTRY: registry.url,
    CACHE: join(place, 'npm-cache'),
    CI: 'true',
  };
  // Else the inner runners take themselves for a part of this one.
  for (const name of Object.keys(env)) {
    if (/^(VITEST|NODE_TEST_CONTEXT|NODE_OPTIONS|NODE_ENV|TASKER_CACHE_)/.test(name)) {
      delete (env as NodeJS.ProcessEnv)[name];
    }
  }
  const options = { cwd, env, timeout: 240_000, maxBuffer: 2 ** 26 };
  const { stdout } = await run('bash', ['-ec', `${npm}\n${script}\npwd`], options).catch(
    (error) => {
      // What runners have to say of failures is on standard output.
      throw new Error(`${script}${error.stdout.slice(-4000)}${error.stderr}`, { cause: error });
    },
  );
  const lines = stdout.trimEnd().split('\n');
  return { folder: lines.pop() ?? cwd, output: lines.join('\n') };
}

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'tasker-cache-authors-'));
  registry = await startRegistry(await packAll());
  let folder = place;
  for (const [, language, file = '', text = ''] of blocks) {
    if (language !== 'sh') await writeFile(join(folder, file), text);
    else {
      const end = await shell(text, folder);
      printed.set(text, end.output);
      folder = end.folder;
    }
  }
}, 600_000);

afterAll(async () => {
  await registry?.[Symbol.asyncDispose]();
  await rm(place, { recursive: true, force: true });
});

function outputOf(command: string): string {
  const found = [...printed].find(([text]) => text.includes(command));
  if (found === undefined) throw new Error(`the page has no block with ${command}`);
  return found[1];
}

test('the package passes the kit under vitest as soon as it is installed', () => {
  const output = outputOf('npm test');
  expect(output).toMatch(/Tests .*passed/);
  expect(output).not.toContain('failed');
  expect(output).toContain(`(${clauses.length})`);
});

test('its clauses run under node:test', () => {
  const output = outputOf('node --test');
  expect(output).toMatch(new RegExp(`^\\S+ tests ${clauses.length}$`, 'm'));
  expect(output).toMatch(/^\S+ fail 0$/m);
});

test('the built package passes the command', () => {
  expect(outputOf('npx tasker-cache-conformance')).toMatch(/^\.\/dist\/index\.js: conformant;/m);
});

test('an application uses it from TOML, by `module`', () => {
  expect(outputOf('node main.mjs').split('\n').at(-1)).toBe('my-backend ready');
});

test('an application uses it from TOML, by its import', async () => {
  const application = join(place, 'application');
  const toml = await readFile(join(application, 'tasker.toml'), 'utf8');
  await writeFile(join(application, 'tasker.toml'), toml.replace(/^module = .*$/m, ''));
  const main = await readFile(join(application, 'main.mjs'), 'utf8');
  expect((await shell('node main.mjs', application)).output).not.toContain('my-backend ready');
  await writeFile(join(application, 'main.mjs'), `import 'tasker-cache-my-backend';\n${main}`);
  expect((await shell('node main.mjs', application)).output).toContain('my-backend ready');
});
