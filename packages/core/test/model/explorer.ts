import { hash } from 'node:crypto';
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

interface State {
  readonly key: string;
  /** Equal keys have equal coarse keys; without `checksAbstraction` also the other way round. */
  readonly coarseKey: string;
}

/** A state on the way, and what was tried there. */
interface Frame extends State {
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
  /** What followed from a coarse key, or from a choice there. */
  readonly #outcomes: Map<string, string> = new Map();
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
    let top = this.#enter(run, this.#stateOf(run.world));
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
        this.#requireSame(top, this.#stateOf(run.world));
      }
      top.next++;
      await run.perform(choice);
      this.#count();
      if (run.world.violation !== undefined) return [...prefix, choice];
      const state = this.#stateOf(run.world);
      this.#requireOnly(`${top.coarseKey} -> ${nameOf(choice)}`, state.coarseKey);
      if (!this.#schedules.has(state.key)) {
        top = this.#enter(run, state);
        frames.push(top);
        continue;
      }
      const schedules = this.#schedules.get(state.key);
      if (schedules === undefined)
        throw new Error(`A schedule runs in a circle: ${state.coarseKey}`);
      top.schedules += schedules;
      run = undefined;
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

  #enter(run: Run, state: State): Frame {
    this.#schedules.set(state.key, undefined);
    const choices = run.choices();
    this.#requireOnly(state.coarseKey, choices.map(nameOf).sort().join());
    return { ...state, choices, next: 0, schedules: 0 };
  }

  #stateOf(world: World): State {
    const coarseKey = fingerprint(world, 'actors');
    const text = this.#options.checksAbstraction ? fingerprint(world, 'history') : coarseKey;
    return { key: hash('sha1', text, 'base64'), coarseKey };
  }

  #requireSame(before: State, now: State): void {
    if (now.key === before.key) return;
    const states = `${before.coarseKey}\n${now.coarseKey}`;
    throw new Error(`A schedule that was run again came to another state:\n${states}`);
  }

  /** States with the same coarse key offer the same choices, and each leads to one outcome. */
  #requireOnly(cause: string, outcome: string): void {
    if (!this.#options.checksAbstraction) return;
    const known = this.#outcomes.get(cause);
    if (known === undefined) this.#outcomes.set(cause, outcome);
    else if (known !== outcome) throw new Error(`Two outcomes of\n${cause}:\n${known}\n${outcome}`);
  }

  #count(): void {
    this.#transitions++;
    if (this.#transitions % progressEvery === 0) this.#options.onProgress?.(this.#progress());
  }
}

/** Leaves out every event without which the schedule still comes to a violation. */
async function minimised(
  scope: Scope,
  beginning: Beginning,
  schedule: readonly Choice[],
): Promise<Violation> {
  let shortest = schedule;
  let found = await replayed(scope, beginning, schedule);
  for (let attempts = shorterThan(shortest); ; attempts = shorterThan(shortest)) {
    const before = shortest;
    for (const attempt of attempts) {
      const violation = await replayed(scope, beginning, attempt);
      if (violation === undefined) continue;
      shortest = attempt;
      found = violation;
      break;
    }
    if (shortest === before) break;
  }
  if (found === undefined) throw new Error('A violation did not happen again');
  return found;
}

function shorterThan(schedule: readonly Choice[]): Choice[][] {
  return schedule.flatMap((choice, index) =>
    choice.map((_, event) => {
      const rest = choice.toSpliced(event, 1);
      return schedule.toSpliced(index, 1, ...(rest.length === 0 ? [] : [rest]));
    }),
  );
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
