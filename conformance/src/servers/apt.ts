import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const publicArchive = 'http://deb.debian.org/debian';

/** apt with state of its own, for one Debian suite: the system's lists and packages stay as they are. */
export class PrivateApt {
  readonly #folder: string;
  readonly #suite: string;

  constructor(folder: string, suite: string) {
    this.#folder = folder;
    this.#suite = suite;
  }

  /** Fetches the suite's list of packages, signatures checked. */
  async update(): Promise<void> {
    for (const part of ['lists/partial', 'cache/archives/partial'])
      await mkdir(`${this.#folder}/${part}`, { recursive: true });
    await writeFile(`${this.#folder}/status`, '');
    const source = `deb [signed-by=${keyring}] ${await machinesArchive()} ${this.#suite} main\n`;
    await writeFile(`${this.#folder}/sources.list`, source);
    await writeFile(`${this.#folder}/apt.conf`, await this.#settings());
    await this.#run('apt-get', ['update', '--error-on=any']);
  }

  /** The packages and the libraries they need: their names. Nothing that only an installation needs. */
  async withLibraries(packages: readonly string[]): Promise<string[]> {
    const { stdout } = await this.#run('apt-cache', [
      ...['depends', '--recurse', '--important'],
      ...packages,
    ]);
    const needs = dependencies(stdout);
    const wanted = new Set(packages);
    for (const name of wanted) {
      for (const need of needs.get(name) ?? [])
        if (/^(lib|zlib)|-tools$/.test(need)) wanted.add(need);
    }
    return [...wanted];
  }

  /** Downloads packages into a folder. */
  async download(packages: readonly string[], folder: string): Promise<void> {
    await this.#run('apt-get', ['download', ...packages], folder);
  }

  /** Removes what apt can compute again: two files of 40 MB. */
  async clean(): Promise<void> {
    await rm(`${this.#folder}/cache`, { recursive: true, force: true });
  }

  #run(program: string, args: readonly string[], cwd?: string) {
    const env = { ...process.env, APT_CONFIG: `${this.#folder}/apt.conf`, LC_ALL: 'C' };
    return run(program, args, { env, maxBuffer: 64 * 1024 * 1024, ...(cwd ? { cwd } : {}) });
  }

  /** The machine's network settings (a proxy, say), and nothing else of its configuration: no hooks. */
  async #settings(): Promise<string> {
    const { stdout: network } = await run('apt-config', ['dump', 'Acquire']);
    const own = {
      'Dir::State': this.#folder,
      'Dir::State::lists': `${this.#folder}/lists`,
      'Dir::State::status': `${this.#folder}/status`,
      'Dir::Cache': `${this.#folder}/cache`,
      'Dir::Etc::main': '/dev/null',
      'Dir::Etc::parts': '/dev/null',
      'Dir::Etc::preferences': '/dev/null',
      'Dir::Etc::preferencesparts': '/dev/null',
      'Dir::Etc::sourcelist': `${this.#folder}/sources.list`,
      'Dir::Etc::sourceparts': '/dev/null',
      'Acquire::Languages': 'none',
      // apt's own user may not be allowed to look into this folder.
      'APT::Sandbox::User': 'root',
    };
    return (
      network +
      Object.entries(own)
        .map(([key, value]) => `${key} "${value}";\n`)
        .join('')
    );
  }
}

/** The Debian archive this machine already uses: a mirror may be the only one it reaches. */
async function machinesArchive(): Promise<string> {
  const format = ['--format', '$(REPO_URI)', 'Created-By: Packages'];
  const { stdout } = await run('apt-get', ['indextargets', ...format]);
  return stdout.split('\n').find((uri) => /\/debian\/?$/.test(uri)) ?? publicArchive;
}

/** Reads `apt-cache depends`: a name at the margin, its dependencies indented below. */
function dependencies(text: string): Map<string, string[]> {
  const needs = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of text.split('\n')) {
    const need = /^ +\|?(?:Pre)?Depends: ([^<>\s]+)$/.exec(line)?.[1];
    if (need) current.push(need);
    else if (/^\S+$/.test(line)) {
      current = [];
      needs.set(line, current);
    }
  }
  return needs;
}
