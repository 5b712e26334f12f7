import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { UsageError } from './arguments.ts';
import type { Names } from './names.ts';

const template = join(import.meta.dirname, '../template');

/** Files that npm would leave out, or take for its own, under their true names. */
const trueNames = new Map([
  ['gitignore', '.gitignore'],
  ['manifest.json', 'package.json'],
]);

/** Writes the template under its new names. Throws a `UsageError` when the folder holds something. */
export async function writePackage(folder: string, { spellings }: Names): Promise<void> {
  await requireEmpty(folder);
  const pattern = new RegExp([...spellings.keys()].join('|'), 'g');
  for (const entry of await readdir(template, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const text = await readFile(join(entry.parentPath, entry.name), 'utf8');
    const renamed = text.replace(pattern, (spelling) => spellings.get(spelling) ?? spelling);
    const name = trueNames.get(entry.name) ?? entry.name;
    const target = join(folder, relative(template, entry.parentPath), name);
    await mkdir(dirname(target), { recursive: true });
    const content = name === 'package.json' ? await withVersions(renamed) : renamed;
    // Never over a file that appeared meanwhile.
    await writeFile(target, content, { flag: 'wx' });
  }
}

/** The kit and core that this command was published with: its own manifest names them. */
async function withVersions(manifest: string): Promise<string> {
  const own = await readFile(join(import.meta.dirname, '../package.json'), 'utf8');
  const { devDependencies } = JSON.parse(own) as { devDependencies: Record<string, string> };
  return manifest.replace(
    /"(@tasker-cache\/\w+)": "workspace:\^"/g,
    (_, name: string) => `"${name}": "${devDependencies[name]}"`,
  );
}

async function requireEmpty(folder: string): Promise<void> {
  const present = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') throw new UsageError(`'${folder}' is a file, not a folder`);
    throw error;
  });
  if (present.length === 0) return;
  throw new UsageError(`The folder '${folder}' is not empty. Name another one, or empty it`);
}
