import { setTimeout as sleep } from 'node:timers/promises';

/** Loops that run side by side until they are stopped. */
export class Lanes {
  readonly #running: Promise<void>[] = [];
  #isStopped = false;

  /** Repeats `turn`, which resolves to how many milliseconds to wait before the next one. */
  start(turn: () => Promise<number>): void {
    this.#running.push(this.#run(turn));
  }

  /** Resolves when every turn that had begun is over. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#running);
  }

  async #run(turn: () => Promise<number>): Promise<void> {
    while (!this.#isStopped) await sleep(await turn());
  }
}
