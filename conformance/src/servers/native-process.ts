import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { until } from '../../servers/until.ts';
import { isStopped } from './process-state.ts';

export interface ProcessCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Record<string, string>;
  readonly folder: string;
  /** Removed when this process dies without having done so. */
  readonly leftovers: string;
  /** Where its output goes. */
  readonly log: string;
}

/** One operating-system process that never outlives this one. */
export class NativeProcess {
  readonly #command: ProcessCommand;
  #child: ChildProcess | undefined;

  constructor(command: ProcessCommand) {
    this.#command = command;
  }

  get isRunning(): boolean {
    return (
      this.#child?.pid !== undefined && this.#child.exitCode === null && !this.#child.signalCode
    );
  }

  start(): void {
    const { file, args, environment, folder, leftovers, log } = this.#command;
    const output = openSync(log, 'a');
    const child = spawn(file, args, {
      cwd: folder,
      // A group of its own: Ctrl-C reaches this process, which ends it in its own way.
      detached: true,
      env: { ...process.env, ...environment },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    // Without a listener, a missing program would end this process.
    child.on('error', () => {});
    child.unref();
    if (child.pid !== undefined) guard(child, child.pid, leftovers);
    this.#child = child;
  }

  /** Resolves when no thread of it runs any more. */
  async freeze(): Promise<void> {
    const pid = this.#child?.pid;
    if (pid === undefined || !this.isRunning) return;
    process.kill(pid, 'SIGSTOP');
    await until(async () => {
      if (this.isRunning && !(await isStopped(pid))) throw new Error(`Process ${pid} did not stop`);
    });
  }

  thaw(): void {
    if (this.isRunning) this.#child?.kill('SIGCONT');
  }

  /** Resolves when it is gone. */
  async kill(): Promise<void> {
    if (!this.#child || !this.isRunning) return;
    const gone = once(this.#child, 'exit');
    this.#child.ref();
    this.#child.kill('SIGKILL');
    await gone;
  }
}

/** Kills the child when the pipe to this process breaks, which also a crash or SIGKILL does. */
function guard(child: ChildProcess, pid: number, leftovers: string): void {
  const script = 'read -r _; kill -9 "$1"; rm -rf "$2"';
  const watcher = spawn('sh', ['-c', script, 'guard', `${pid}`, leftovers], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.on('error', () => {});
  watcher.unref();
  const pipe = watcher.stdin as Writable & Partial<Pick<Socket, 'unref'>>;
  pipe.on('error', () => {});
  // bun's pipe is no socket, and keeps no process running.
  pipe.unref?.();
  child.once('exit', () => watcher.kill('SIGKILL'));
}
