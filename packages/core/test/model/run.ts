import { type Step, stepsOf } from './steps.ts';
import { clock, type World } from './world.ts';

/** The events of one tick, almost always one. */
export type Choice = readonly {
  readonly id: string;
  /** How many microtasks run between the event before and this one. */
  readonly after: number;
}[];

/** Everything that may happen next, tick by tick. */
export function choicesOf(world: World): Choice[] {
  const steps = stepsOf(world);
  const single = steps.map(({ id }): Choice => [{ id, after: 0 }]);
  if (world.budget.sharedTicks === 0) return single;
  const shared: Choice[] = [];
  for (const { id, process } of steps) {
    if (process !== undefined) prolong(world, process, [{ id, after: 0 }], shared);
  }
  return [...single, ...shared];
}

function prolong(world: World, process: number, tick: Choice, found: Choice[]): void {
  if (tick.length === world.scope.longestTick) return;
  const ids = new Set(tick.map(({ id }) => id));
  const beginning = new Set([...ids].map((id) => id.split(' ', 1)[0] ?? ''));
  for (const step of stepsOf(world, beginning)) {
    if (step.process !== process || step.isTimer || ids.has(step.id)) continue;
    for (const after of world.scope.microtasks) {
      const longer = [...tick, { id: step.id, after }];
      found.push(longer);
      prolong(world, process, longer, found);
    }
  }
}

/** Lets the events of one tick happen, and waits until nothing moves by itself any more. */
export async function perform(world: World, choice: Choice): Promise<void> {
  if (choice.length > 1) {
    world.budget.sharedTicks--;
    world.tick = nameOf(choice);
  }
  for (const { id, after } of choice) {
    for (let microtasks = 0; microtasks < after; microtasks++) await undefined;
    const step = stepsOf(world).find((each) => each.id === id);
    // An earlier event of this tick may have taken its place.
    if (step === undefined) continue;
    const position = world.words.length;
    const words = step.run() ?? step.id;
    world.words.splice(position, 0, choice.length > 1 ? `${words} (in one tick)` : words);
  }
  await new Promise(setImmediate);
  world.tick = '';
  settle(world);
}

export function nameOf(choice: Choice): string {
  return choice.map(({ id, after }) => (after === 0 ? id : `~${after} ${id}`)).join(' & ');
}

/** What must hold whenever nothing moves by itself. */
function settle(world: World): void {
  for (const machine of world.machines) {
    const { cache, background, process } = machine;
    if (cache.status().undeliveredInvalidations > 0) continue;
    // What was unconfirmed has been delivered.
    world.floor = Math.max(world.floor, machine.floor);
    const isBusy =
      world.network.pending.some(({ owner }) => owner === background) ||
      [...clock.timers].some(({ owner, delayMs }) => isBackground(owner, process, delayMs));
    if (!isBusy) background.history.length = 0;
  }
  if (stepsOf(world).every(({ isOptional }) => isOptional)) checkEnd(world);
}
