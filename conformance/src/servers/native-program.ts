import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { ServerTarget, SetupCommand } from '../../servers/target.ts';
import { debianTree } from './debian-packages.ts';

const run = promisify(execFile);

/** How to call a program: `file`, and the arguments that come before its own. */
export interface Program {
  readonly file: string;
  readonly prefix: readonly string[];
  /** The folders of its own libraries, none when it uses the system's. */
  readonly libraries: readonly string[];
  /** The folder of the unpacked packages it comes from, if it does. */
  readonly tree?: string;
}

/** The target's program: from PATH when it is of the right version, else from Debian's packages. */
export async function nativeProgram(target: ServerTarget): Promise<Program> {
  const onPath = programOnPath(target.program);
  const found = await versionOf(onPath, target);
  if (found?.startsWith(target.version)) return onPath;
  const elsewhere = `${target.program} on PATH: ${found ?? 'none'}`;
  if (!target.debian) throw new Error(`${elsewhere}; Debian has no package of it`);
  if (process.platform !== 'linux' || !(await hasApt()))
    throw new Error(`${elsewhere}; this system has no apt to fetch it with`);
  const unpacked = await programOfTree(await debianTree(target.debian), target.program);
  const version = await versionOf(unpacked, target);
  if (version?.startsWith(target.version)) return unpacked;
  const { suite } = target.debian;
  throw new Error(`${elsewhere}; Debian ${suite} has ${target.product} ${version ?? 'broken'}`);
}

/** Runs a program that came with another one to its end. */
export async function runProgram({ tree }: Program, setup: SetupCommand): Promise<void> {
  const { program, args, input } = setup;
  const { file, prefix } = tree ? await programOfTree(tree, program) : programOnPath(program);
  const running = run(file, [...prefix, ...args]);
  running.child.stdin?.end(input);
  await running;
}

function programOnPath(name: string): Program {
  return { file: name, prefix: [], libraries: [] };
}

/** A program of an unpacked tree runs through the tree's own loader, with the tree's libraries. */
async function programOfTree(tree: string, name: string): Promise<Program> {
  // On amd64 `usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2`; bookworm has it below `lib`.
  const libraries = await find([`${tree}/lib`, `${tree}/usr/lib`], /-linux-gnu/);
  const [file] = await find(libraries, /^ld-linux/);
  const [path] = await find([`${tree}/usr/bin`, `${tree}/usr/sbin`], new RegExp(`^${name}$`));
  if (!file || !path) throw new Error(`${tree} is incomplete: remove it to fetch it again`);
  return { file, prefix: ['--library-path', libraries.join(':'), path], libraries, tree };
}

async function find(folders: readonly string[], name: RegExp): Promise<string[]> {
  const found = folders.map(async (folder) => {
    const names = await readdir(folder).catch(() => []);
    return names.filter((it) => name.test(it)).map((it) => `${folder}/${it}`);
  });
  return (await Promise.all(found)).flat();
}

/** The version that `--version` prints. None when there is no such program, or it is another product. */
async function versionOf(
  { file, prefix }: Program,
  { product }: ServerTarget,
): Promise<string | undefined> {
  const printed = await run(file, [...prefix, '--version']).catch(() => undefined);
  const line = new RegExp(`^${product}\\D*(\\d+\\.\\d+\\.\\d+)`, 'i');
  return line.exec(printed?.stdout ?? '')?.[1];
}

function hasApt(): Promise<boolean> {
  return run('apt-get', ['--version']).then(
    () => true,
    () => false,
  );
}
