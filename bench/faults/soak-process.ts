import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { SoakOrder, SoakRequest } from './soak-measured.ts';

const endsWithinMs = 5000;

/** The child; what is asked of it rejects when it ends. */
export class SoakProcess implements AsyncDisposable {
  /** To having opened its caches. */
  readonly opened: Promise<unknown>;
  readonly #child: ReturnType<typeof fork>;
  readonly #exited: Promise<unknown[]>;

  constructor(request: SoakRequest) {
    const file = fileURLToPath(new URL('soak-run.ts', import.meta.url));
    const execArgv = ['--conditions=tasker-source', '--expose-gc'];
    this.#child = fork(file, [JSON.stringify(request)], { execArgv });
    this.#exited = once(this.#child, 'exit');
    this.opened = this.#next();
  }

  ask(order: SoakOrder): Promise<unknown> {
    const answer = this.#next();
    this.#child.send(order);
    return answer;
  }

  /** What the process ends with, once it has reported and nothing keeps it. */
  async exit(): Promise<unknown> {
    const ends = this.#exited.then(([code]) => code);
    return Promise.race([ends, sleep(endsWithinMs, 'nothing: it stays alive', { ref: false })]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  async #next(): Promise<unknown> {
    const ended = this.#exited.then(([exit]) => {
      throw new Error(`the process ended with ${exit}`);
    });
    const [message] = await Promise.race([once(this.#child, 'message'), ended]);
    return message;
  }
}
