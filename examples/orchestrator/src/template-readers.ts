import { setImmediate as pause } from 'node:timers/promises';
import { type Stage, timed } from './stage.ts';

export type Phase = 'before' | 'outage' | 'after';

/** Clients that read templates one after another, until they are stopped. */
export class TemplateReaders {
  /** Of the reads that began in each phase. */
  readonly latenciesMs: Record<Phase, number[]> = { before: [], outage: [], after: [] };
  /** Reads that failed or brought another template. */
  wrong = 0;
  phase: Phase = 'before';
  readonly #clients: Promise<void>[];
  #stopped = false;

  constructor(stage: Stage, clients: number) {
    this.#clients = Array.from({ length: clients }, (_, client) => this.#read(stage, client));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#clients);
  }

  async #read({ orchestrator, references }: Stage, client: number): Promise<void> {
    for (let turn = client; !this.#stopped; turn++) {
      const reference = references[turn % references.length];
      if (reference === undefined) return;
      const { phase } = this;
      const latencyMs = await timed(async () => {
        const template = await orchestrator.template(reference).catch(() => undefined);
        if (template?.name !== reference.name) this.wrong++;
      });
      this.latenciesMs[phase].push(latencyMs);
      await pause();
    }
  }
}
