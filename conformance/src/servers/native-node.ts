import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Endpoint, Place, ServerTarget } from '../../servers/target.ts';
import { until } from '../../servers/until.ts';
import { NativeProcess } from './native-process.ts';
import { type Program, runProgram } from './native-program.ts';
import type { ServerControls, ServerNode } from './server.ts';

/** One process of a server, with all it needs in a folder of its own. */
export class NativeNode implements ServerNode, ServerControls {
  readonly role: string;
  readonly host: string;
  readonly port: number;
  readonly endpoint: Endpoint;
  readonly #target: ServerTarget;
  readonly #program: Program;
  readonly #place: Place;
  readonly #log: string;
  readonly #process: NativeProcess;

  /** @param folder - The server's, in which the node makes its own. */
  constructor(
    target: ServerTarget,
    index: number,
    start: { program: Program; folder: string; ports: readonly number[]; args: readonly string[] },
  ) {
    const { program, folder, ports, args } = start;
    const { libraries } = program;
    this.role = target.roles[index] as string;
    this.host = '127.0.0.1';
    this.port = ports[index] as number;
    this.endpoint = { ...target.access, host: this.host, port: this.port };
    this.#target = target;
    this.#program = program;
    this.#place = { folder: join(folder, `${index}`), bind: this.host, ports, libraries };
    this.#log = join(folder, `${index}.log`);
    this.#process = new NativeProcess({
      file: program.file,
      args: [...program.prefix, ...target.args(this.#place, index), ...args],
      environment: target.environment?.(this.#place) ?? {},
      folder: this.#place.folder,
      leftovers: folder,
      log: this.#log,
    });
  }

  /** Resolves with the version when it serves. */
  async start(files: Record<string, string>): Promise<string> {
    await mkdir(this.#place.folder);
    for (const [name, text] of Object.entries(files))
      await writeFile(join(this.#place.folder, name), text);
    const setup = this.#target.setup?.(this.#place);
    if (setup) await runProgram(this.#program, setup);
    return this.#serve();
  }

  async freeze(): Promise<void> {
    await this.#process.freeze();
  }

  async thaw(): Promise<void> {
    this.#process.thaw();
  }

  async kill(): Promise<void> {
    await this.#process.kill();
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.#serve();
  }

  #serve(): Promise<string> {
    this.#process.start();
    return until(
      () => this.#target.askVersion(this.endpoint),
      async () => {
        if (this.#process.isRunning) return;
        const said = (await readFile(this.#log, 'utf8')).trim().slice(-600);
        throw new Error(`${this.#target.program} ended at once: ${said}`);
      },
    );
  }
}
