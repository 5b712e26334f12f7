import { Child } from './child.ts';
import type { Event } from './history.ts';
import type { ProcessOptions } from './process-options.ts';

export interface FieldOptions extends Pick<ProcessOptions, 'seed' | 'backend' | 'url' | 'naive'> {
  readonly readers: number;
  readonly workers: number;
}

/** A region that remembers fewer invalidations than there are keys overflows in an outage. */
const fewUndelivered = 8;

/** All processes of a race, and the history that they report. */
export class Field {
  readonly history: Event[] = [];
  readonly #readers: Child[] = [];
  readonly #writers: Child[] = [];
  readonly #owner: Child;

  constructor() {
    this.#owner = new Child('owner.ts', { name: 'owner' }, { record: this.#record });
  }

  get readers(): readonly Child[] {
    return this.#readers;
  }

  /** Those that change the truth: the workers, and the foreign client. */
  get writers(): readonly Child[] {
    return this.#writers;
  }

  /** All that use the cache. */
  get players(): readonly Child[] {
    return [...this.#readers, ...this.#writers];
  }

  /** Which processes ended unasked, and how. */
  get deaths(): readonly string[] {
    return [this.#owner, ...this.players].flatMap(({ died }) => died ?? []);
  }

  /** Resolves when all are running. */
  async start({ readers, workers, ...common }: FieldOptions): Promise<void> {
    const { ask } = this.#owner;
    await ask('ready');
    const answers = {
      record: this.#record,
      template: (key: number) => ask('template', key),
      update: (key: number) => ask('update', key),
    };
    const begin = (file: string, name: string, more: Partial<ProcessOptions> = {}) =>
      new Child(file, { ...common, name, ...more } satisfies ProcessOptions, answers);
    for (let index = 0; index < readers; index++) {
      this.#readers.push(begin('reader.ts', `reader-${index}`));
    }
    for (let index = 0; index < workers; index++) {
      const overflows = index === 0 && common.backend === 'redis';
      const more = overflows ? { maxUndelivered: fewUndelivered } : {};
      this.#writers.push(begin('worker.ts', `worker-${index}`, more));
    }
    this.#writers.push(begin('foreign.ts', 'foreign'));
    await Promise.all(this.players.map((player) => player.ask('ready')));
  }

  /** Resolves to how many reads were begun, once all that was recorded is in the history. */
  async flush(): Promise<number> {
    const started = await Promise.all(this.players.map(({ ask }) => ask<number>('flush')));
    await this.#owner.ask('flush');
    return started.reduce((sum, count) => sum + count, 0);
  }

  async end(): Promise<void> {
    await Promise.all(this.players.map((child) => child.end()));
    await this.#owner.end();
  }

  readonly #record = (events: Event[]): void => {
    this.history.push(...events);
  };
}
