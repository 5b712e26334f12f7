import type { FaultSchedule } from './faults.ts';
import type { Field } from './field.ts';

/** Says how the race goes, without keeping it up. */
export class Progress {
  readonly #field: Field;
  readonly #schedule: FaultSchedule;
  readonly #startedMs: number = performance.now();
  #seen = 0;
  #lastMs: number = performance.now();
  #confirmed = 0;
  #unconfirmed = 0;

  constructor(field: Field, schedule: FaultSchedule) {
    this.#field = field;
    this.#schedule = schedule;
  }

  /** Prints one line about the time since the last one, and the totals. */
  print(): void {
    const { history } = this.#field;
    let reads = 0;
    let loads = 0;
    for (const event of history.slice(this.#seen)) {
      if (event.kind === 'read') {
        reads++;
        if (event.source === 'load') loads++;
      } else if (event.kind === 'invalidation' && event.how !== 'replay') {
        if (event.confirmed) this.#confirmed++;
        else this.#unconfirmed++;
      }
    }
    this.#seen = history.length;
    const nowMs = performance.now();
    const passedSeconds = (nowMs - this.#lastMs) / 1000;
    const perSecond = (count: number) => (count / passedSeconds).toFixed(0);
    const seconds = ((nowMs - this.#startedMs) / 1000).toFixed(0).padStart(4);
    this.#lastMs = nowMs;
    const { faults, current } = this.#schedule;
    console.log(
      `${seconds} s  ${perSecond(reads)} reads/s, ${perSecond(loads)} loads/s; invalidations ` +
        `${this.#confirmed} confirmed, ${this.#unconfirmed} not; ${faults.length} faults; now: ${current}`,
    );
  }
}
