import { execFile } from 'node:child_process';
import { access, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { serversFolder } from '../../servers/folder.ts';
import type { DebianSource } from '../../servers/target.ts';
import { PrivateApt } from './apt.ts';
import { withLock } from './lock.ts';

const run = promisify(execFile);

/**
 * The folder of an unpacked Debian package with all its libraries, fetched when it is not there yet.
 * Processes that ask at the same time share one download.
 */
export async function debianTree({ suite, packages }: DebianSource): Promise<string> {
  const tree = `${serversFolder}/${suite}/${packages.join('+')}`;
  if (await exists(tree)) return tree;
  await mkdir(`${serversFolder}/${suite}`, { recursive: true });
  return withLock(`${serversFolder}/${suite}/lock`, async () => {
    if (await exists(tree)) return tree;
    process.stderr.write(`Fetching ${packages[0]} of Debian ${suite} into ${tree}, once\n`);
    await fetchTree(suite, packages, tree);
    return tree;
  });
}

async function fetchTree(suite: string, packages: readonly string[], tree: string): Promise<void> {
  const partial = `${tree}.partial`;
  const downloads = `${partial}/downloads`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(downloads, { recursive: true });
  const apt = new PrivateApt(`${serversFolder}/${suite}/apt`, suite);
  await apt.update();
  await apt.download(await apt.withLibraries(packages), downloads);
  await apt.clean();
  for (const file of await readdir(downloads))
    await run('dpkg', ['-x', `${downloads}/${file}`, partial]);
  await rm(downloads, { recursive: true });
  await rename(partial, tree);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
