import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Answers, type Ask, connectTo } from './ipc.ts';
import type { ProcessOptions } from './process-options.ts';

const patienceMs = 5000;

/** A process of the race. It ends when this one does, whatever the reason. */
export class Child {
  readonly name: string;
  readonly ask: Ask;
  /** How it ended, where it did so unasked. */
  died: string | undefined;
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  #mayEnd = false;

  constructor(file: string, options: Pick<ProcessOptions, 'name'>, answers: Answers) {
    this.name = options.name;
    const path = fileURLToPath(new URL(file, import.meta.url));
    this.#process = fork(path, [JSON.stringify(options)]);
    this.#ended = once(this.#process, 'exit');
    // A message to a process that has just died; its exit says so.
    this.#process.on('error', () => {});
    this.#process.on('exit', (code, signal) => {
      if (!this.#mayEnd) this.died = `${this.name} ended with ${signal ?? `exit code ${code}`}`;
    });
    this.ask = connectTo(this.#process, answers);
  }

  /** Resolves when it is gone. */
  async end(): Promise<void> {
    this.#mayEnd = true;
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), patienceMs);
    if (this.#process.exitCode === null && this.#process.signalCode === null) await this.#ended;
    clearTimeout(timer);
  }
}
