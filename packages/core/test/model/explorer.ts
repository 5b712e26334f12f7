import { createHash } from 'node:crypto';
import { fingerprint } from './fingerprint.ts';
import { type Choice, nameOf, Run } from './run.ts';
import type { Beginning, Scope } from './scope.ts';
import { clock, type World } from './world.ts';

export interface Progress {
  /** Distinct states seen. */
  readonly states: number;
  /** Choices made from a state, each by running the real code. */
  readonly transitions: number;
  /** Runs from the beginning. */
  readonly runs: number;
}

export interface Report extends Progress {
  /** Complete schedules that the states stand for. */
  readonly schedules: number;
  readonly longestSchedule: number;
  readonly violation?: Violation;
}

export interface Violation {
  readonly message: string;
  /** The schedule that leads to it, shortened as far as single choices can be left out. */
  readonly words: readonly string[];
}

export interface ExploreOptions {
  /** Tells states apart by all that each process was told, and checks that less is enough. */
  readonly checksAbstraction?: boolean;
  readonly onProgress?: (progress: Progress) => void;
}

interface Frame {
  readonly key: string;
  readonly coarseKey: string;
  readonly choices: readonly Choice[];
  next: number;
  schedules: number;
}

const progressEvery = 20_000;

/**
 * Tries every schedule of a scope, depth first. Promises cannot be copied, so going back means to run
 * the beginning of the schedule again, on new caches. Stops at the first violation.
 */
export async function explore(scope: Scope, options: ExploreOptions = {}): Promise<Report> {
  const { stackTraceLimit } = Error;
  const restore = clock.install();
  try {
    Error.stackTraceLimit = 0;
    return await new Exploration(scope, options).report();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    restore();
  }
}

class Exploration {
  readonly #scope: Scope;
  readonly #options: ExploreOptions;
  /** Complete schedules from each state on; `undefined` while it is being explored. */
  readonly #schedules: Map<string, number | undefined> = new Map();
  /** What each choice led to, by coarse key. */
  readonly #successors: Map<string, string> = new Map();
  #transitions = 0;
  #runs = 0;
  #longest = 0;

  constructor(scope: Scope, options: ExploreOptions) {
    this.#scope = scope;
    this.#options = options;
  }

  async report(): Promise<Report> {
    let schedules = 0;
    for (const beginning of this.#scope.beginnings) {
      const found = await this.#explore(beginning);
      if (typeof found !== 'number') {
        const violation = await minimised(this.#scope, beginning, found);
        return { ...this.#progress(), schedules, longestSchedule: this.#longest, violation };
      }
      schedules += found;
    }
    return { ...this.#progress(), schedules, longestSchedule: this.#longest };
  }

  #progress(): Progress {
    const states = this.#schedules.size;
    return { states, transitions: this.#transitions, runs: this.#runs };
  }

  /** Resolves to the number of schedules, or to the first one that violates something. */
  async #explore(beginning: Beginning): Promise<number | Choice[]> {
    const frames: Frame[] = [];
    let run: Run | undefined = await this.#rerun(beginning, []);
    let top = this.#enter(run);
    frames.push(top);
    for (;;) {
      const choice = top.choices[top.next];
      if (choice === undefined) {
        const schedules = top.choices.length === 0 ? 1 : top.schedules;
        this.#schedules.set(top.key, schedules);
        this.#longest = Math.max(this.#longest, frames.length - 1);
        frames.pop();
        const parent = frames.at(-1);
        if (parent === undefined) return schedules;
        parent.schedules += schedules;
        top = parent;
        run = undefined;
        continue;
      }
      const prefix = frames.slice(0, -1).map(({ choices, next }) => choices[next - 1] as Choice);
      if (run === undefined) {
        run = await this.#rerun(beginning, prefix);
        this.#requireSame(top, run.world);
      }
      top.next++;
      await run.perform(choice);
      this.#count();
      if (run.world.violation !== undefined) return [...prefix, choice];
      const key = this.#key(run.world);
      this.#checkAbstraction(top, choice, run.world);
      if (this.#schedules.has(key)) {
        const schedules = this.#schedules.get(key);
        if (schedules === undefined) throw new Error(`The schedule runs in a circle: ${key}`);
        top.schedules += schedules;
        run = undefined;
        continue;
      }
      top = this.#enter(run);
      frames.push(top);
    }
  }

  async #rerun(beginning: Beginning, prefix: readonly Choice[]): Promise<Run> {
    this.#runs++;
    // Lets whoever else lives in this process have a turn.
    await new Promise(setImmediate);
    const run = await Run.begin(this.#scope, beginning);
    for (const choice of prefix) await run.perform(choice);
    return run;
  }

  #enter(run: Run): Frame {
    const key = this.#key(run.world);
    this.#schedules.set(key, undefined);
    const coarseKey = fingerprint(run.world, 'actors');
    return { key, coarseKey, choices: run.choices(), next: 0, schedules: 0 };
  }

  #key(world: World): string {
    const text = fingerprint(world, this.#options.checksAbstraction ? 'history' : 'actors');
    return createHash('sha1').update(text).digest('base64').slice(0, 20);
  }

  #requireSame(frame: Frame, world: World): void {
    if (this.#key(world) === frame.key) return;
    throw new Error(`A schedule that was run again came to another state: ${frame.coarseKey}`);
  }

  #checkAbstraction({ coarseKey }: Frame, choice: Choice, world: World): void {
    if (!this.#options.checksAbstraction) return;
    const from = `${coarseKey} -> ${nameOf(choice)}`;
    const to = fingerprint(world, 'actors');
    const known = this.#successors.get(from);
    if (known === undefined) this.#successors.set(from, to);
    else if (known !== to) throw new Error(`Two outcomes of\n${from}:\n${known}\n${to}`);
  }

  #count(): void {
    this.#transitions++;
    if (this.#transitions % progressEvery === 0) this.#options.onProgress?.(this.#progress());
  }
}

/** Leaves out every choice without which the schedule still comes to a violation. */
async function minimised(
  scope: Scope,
  beginning: Beginning,
  schedule: readonly Choice[],
): Promise<Violation> {
  let shortest = schedule;
  let found = await replayed(scope, beginning, schedule);
  for (let index = shortest.length - 1; index >= 0; index--) {
    const shorter = shortest.toSpliced(index, 1);
    const attempt = await replayed(scope, beginning, shorter);
    if (attempt === undefined) continue;
    shortest = shorter;
    found = attempt;
    index = shortest.length;
  }
  if (found === undefined) throw new Error('A violation did not happen again');
  return found;
}

async function replayed(
  scope: Scope,
  beginning: Beginning,
  schedule: readonly Choice[],
): Promise<Violation | undefined> {
  const run = await Run.begin(scope, beginning);
  for (const choice of schedule) {
    await run.perform(choice);
    const { violation, words } = run.world;
    if (violation !== undefined)
      return { message: violation, words: [`${beginning} start`, ...words] };
  }
  return undefined;
}
