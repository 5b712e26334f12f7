import { LEASE_MARKER } from '../../src/authors.ts';
import type { CacheStatus } from '../../src/index.ts';
import type { Beginning, Scope } from './scope.ts';
import { type Step, stepsOf } from './steps.ts';
import { World } from './world.ts';

/** The events of one tick, almost always one. */
export type Choice = readonly {
  readonly id: string;
  /** How many microtasks run between the event before and this one. */
  readonly after: number;
}[];

export function nameOf(choice: Choice): string {
  return choice.map(({ id, after }) => (after === 0 ? id : `~${after} ${id}`)).join(' & ');
}

/** One run of a schedule, choice by choice. */
export class Run {
  readonly world: World;
  #steps: readonly Step[];

  private constructor(world: World) {
    this.world = world;
    this.#steps = stepsOf(world);
  }

  static async begin(scope: Scope, beginning: Beginning): Promise<Run> {
    return new Run(await World.open(scope, beginning));
  }

  /** Everything that may happen next, tick by tick. */
  choices(): Choice[] {
    const single = this.#steps.map(({ id }): Choice => [{ id, after: 0 }]);
    if (this.world.budget.sharedTicks === 0) return single;
    const shared: Choice[] = [];
    for (const { id, process } of this.#steps) {
      if (process !== undefined) this.#prolong(process, [{ id, after: 0 }], shared);
    }
    return [...single, ...shared];
  }

  /** Lets the events of one tick happen, and waits until nothing moves by itself any more. */
  async perform(choice: Choice): Promise<void> {
    const { world } = this;
    if (choice.length > 1) {
      world.budget.sharedTicks--;
      world.tick = nameOf(choice);
    }
    let steps = this.#steps;
    for (const { id, after } of choice) {
      for (let microtasks = 0; microtasks < after; microtasks++) await undefined;
      const step = steps.find((each) => each.id === id);
      if (step !== undefined) {
        const words = step.run() ?? id;
        world.words.push(world.tick === '' ? words : `${words} (in one tick)`);
      }
      // An event of this tick may take another one's place.
      if (choice.length > 1) steps = stepsOf(world);
    }
    // Runs when no microtask is left, and goes on when the tick's own end has been worked off.
    await new Promise<void>(process.nextTick);
    world.tick = '';
    raiseFloors(world);
    this.#steps = stepsOf(world);
    world.violation ??= wrongStore(world) ?? this.#wrongEnd();
  }

  #prolong(process: number, tick: Choice, found: Choice[]): void {
    if (tick.length === this.world.scope.longestTick) return;
    const ids = new Set(tick.map(({ id }) => id));
    const beginning = new Set([...ids].map((id) => id.split(' ', 1)[0] ?? ''));
    for (const step of stepsOf(this.world, beginning)) {
      if (step.process !== process || step.isTimer || ids.has(step.id)) continue;
      for (const after of this.world.scope.microtasks) {
        const longer = [...tick, { id: step.id, after }];
        found.push(longer);
        this.#prolong(process, longer, found);
      }
    }
  }

  /** When only the environment could still do something, nobody may be waiting. */
  #wrongEnd(): string | undefined {
    if (!this.#steps.every(({ isOptional }) => isOptional)) return undefined;
    const { actors, machines, scope } = this.world;
    const waiting = actors.find(({ state }) => state !== 'done');
    if (waiting !== undefined) return `${waiting.name} never ends`;
    if (scope.server === 'stays away') return undefined;
    const keeping = machines.map(({ cache }) => cache.status()).find(isKeeping);
    return keeping && `${keeping.undeliveredInvalidations} invalidations are never delivered`;
  }
}

function isKeeping({ state, undeliveredInvalidations }: CacheStatus): boolean {
  return state !== 'closed' && undeliveredInvalidations > 0;
}

/** An unconfirmed invalidation that was delivered after all counts as confirmed. */
function raiseFloors(world: World): void {
  for (const { cache, background, floor } of world.machines) {
    if (cache.status().undeliveredInvalidations > 0) continue;
    world.floor = Math.max(world.floor, floor);
    const isBusy = world.network.pending.some(({ owner }) => owner === background);
    if (isBusy) continue;
    background.history.length = 0;
    background.operations = 0;
  }
}

/** Whoever begins to read now would get what the server holds. */
function wrongStore({ store, floor }: World): string | undefined {
  for (const { text } of store.items.values()) {
    if (text.startsWith(LEASE_MARKER) || Number(text) >= floor) continue;
    return `the server keeps version ${text} for whoever reads next, although version ${floor} was invalidated`;
  }
  return undefined;
}
