import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianTree } from '../src/servers/debian-packages.ts';
import type { DebianSource, ServerTarget } from './target.ts';

/**
 * Makes the targets' images from Debian's packages, under the names of the public ones.
 * For engines that reach no registry; a target without Debian packages gets none.
 */
export async function importDebianImages(
  targets: readonly ServerTarget[],
  environment: Readonly<Record<string, string>>,
): Promise<string[]> {
  const sources = imageSources(targets);
  for (const [image, source] of sources) await importImage(image, source, environment);
  return [...sources.keys()];
}

/** Targets may share an image: then it holds the packages of the one that needs most. */
function imageSources(targets: readonly ServerTarget[]): Map<string, DebianSource> {
  const sources = new Map<string, DebianSource>();
  for (const { image, debian } of targets) {
    const known = sources.get(image)?.packages.length ?? 0;
    if (debian && debian.packages.length > known) sources.set(image, debian);
  }
  return sources;
}

async function importImage(
  image: string,
  source: DebianSource,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const tree = await debianTree(source);
  const shell = await debianTree({ suite: 'trixie', packages: ['busybox-static'] });
  const root = await mkdtemp(join(tmpdir(), 'tasker-cache-image-'));
  try {
    await cp(tree, root, { recursive: true, verbatimSymlinks: true });
    await completeRoot(root, `${shell}/usr/bin/busybox`);
    const archive = spawn('tar', ['-c', '-C', root, '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const loading = spawn('docker', ['import', '-', image], {
      env: { ...process.env, ...environment },
      stdio: [archive.stdout, 'ignore', 'inherit'],
    });
    const [code] = await once(loading, 'exit');
    if (code !== 0) throw new Error(`docker import ${image} ended with ${code}`);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** What Debian's base system would bring: its links, a shell, root's name, a place for temporary files. */
async function completeRoot(root: string, busybox: string): Promise<void> {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    await mkdir(`${root}/usr/${name}`, { recursive: true });
    await symlink(`usr/${name}`, `${root}/${name}`).catch(unlessItExists);
  }
  for (const name of ['sh', 'mkdir', 'sleep']) await cp(busybox, `${root}/usr/bin/${name}`);
  await mkdir(`${root}/tmp`, { mode: 0o1777 });
  await mkdir(`${root}/etc`, { recursive: true });
  await writeFile(`${root}/etc/passwd`, 'root:x:0:0:root:/root:/bin/sh\n');
}

/** Older releases bring some of the folders themselves. */
function unlessItExists(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
