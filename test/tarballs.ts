import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);

/**
 * Builds and packs every published package, once for all test files of a run: two builds at the same
 * time would empty each other's `dist`. Resolves to the tarballs' paths by the packages' names.
 */
export async function packAll(): Promise<ReadonlyMap<string, string>> {
  // The run's own folder, which all of its processes know.
  const log = process.env.TASKER_CACHE_SERVER_LOG;
  const parent = log ? dirname(log) : await mkdtemp(join(tmpdir(), 'tasker-cache-run-'));
  const place = join(parent, 'tarballs');
  const index = join(place, 'index.json');
  const failure = join(place, 'failure');
  if (await isFirst(place)) {
    await pack(place, index).catch((error: Error) => writeFile(failure, String(error.stack)));
  }
  const giveUpAt = performance.now() + 240_000;
  while (!existsSync(index)) {
    if (existsSync(failure)) throw new Error(await readFile(failure, 'utf8'));
    if (performance.now() > giveUpAt) throw new Error('packing took more than four minutes');
    await sleep(100);
  }
  return new Map(Object.entries(JSON.parse(await readFile(index, 'utf8'))));
}

async function isFirst(place: string): Promise<boolean> {
  try {
    await mkdir(place);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function pack(place: string, index: string): Promise<void> {
  const folders = (await readdir(join(root, 'packages'))).map((name) => `packages/${name}`);
  const tarballs: Record<string, string> = {};
  // Builds read sources alone, so they need no order; the kit and the adapters need each other.
  await pnpm(['-r', '--no-sort', 'run', 'build'], root);
  for (const folder of [...folders, 'conformance']) {
    await pnpm(['pack', '--pack-destination', place], join(root, folder));
    const manifest = await readFile(join(root, folder, 'package.json'), 'utf8');
    const { name, version } = JSON.parse(manifest) as { name: string; version: string };
    const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
    tarballs[name] = join(place, file);
  }
  await writeFile(index, JSON.stringify(tarballs));
}

/** pnpm as it runs this test, or as npx has it. */
function pnpm(arguments_: readonly string[], cwd: string) {
  const path = process.env.npm_execpath;
  const isPnpm = path?.includes('pnpm') === true;
  const isScript = isPnpm && /\.[cm]?js$/.test(path);
  const byNpx = ['npx', '--yes', 'pnpm@12'];
  const [command = '', ...first] = isScript ? [process.execPath, path] : isPnpm ? [path] : byNpx;
  return run(command, [...first, ...arguments_], { cwd });
}
