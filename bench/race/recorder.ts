import type { Event } from './history.ts';
import type { Ask } from './ipc.ts';

const flushEveryMs = 500;

/** Hands this process's part of the history to the parent, in batches. */
export class Recorder {
  #events: Event[] = [];
  #ask: Ask | undefined;

  add(event: Event): void {
    this.#events.push(event);
  }

  sendTo(ask: Ask): void {
    this.#ask = ask;
    setInterval(() => void this.flush(), flushEveryMs);
  }

  /** Resolves once the parent has everything. */
  async flush(): Promise<void> {
    const events = this.#events;
    this.#events = [];
    if (events.length > 0) await this.#ask?.('record', events);
  }
}
