import type { Operation } from './connection.ts';
import { type Actor, clock, delaysMs, type World } from './world.ts';

/**
 * Everything that decides how a run can go on. What goes on inside a cache cannot be seen, but it
 * follows from what the cache was told: `history` keys on all of it, in order. `actors` keys on what
 * each running actor was told by itself, which is coarser; that it suffices is checked whenever
 * `explore` runs with `checksAbstraction`.
 */
export function fingerprint(world: World, by: 'history' | 'actors'): string {
  const { version, floor, budget, store, network, machines } = world;
  const text = (stored: string) => network.named(stored);
  const parts = [version, floor, ...Object.values(budget), store.fingerprint(text)];
  for (const actor of world.actors) parts.push(actorText(actor));
  parts.push(...pendingTexts(world));
  for (const { process, cache, background, floor, history } of machines) {
    const { state, breaker, undeliveredInvalidations } = cache.status();
    const timers = [delaysMs.retry, delaysMs.probe].map((ms) => world.timers(process, ms).length);
    parts.push(process, floor, state, breaker, undeliveredInvalidations, ...timers);
    parts.push(background.history.join());
    if (by === 'history') parts.push(history.join());
  }
  const pauses = [...clock.timers].filter(({ kind }) => kind === 'pause');
  parts.push(...pauses.map(({ owner }) => (owner as Actor).name).sort());
  return parts.join('|');
}

function actorText({ name, state, version, history }: Actor): string {
  return state === 'running' ? `${name} ${version} ${history.join()}` : `${name} ${state}`;
}

/** The order of a process's requests matters as long as they may all be lost at once. */
function pendingTexts({ network, budget, machines }: World): string[] {
  const isOrdered = budget.drops + budget.timeouts + budget.restarts > 0;
  const texts = (operations: readonly Operation[]) =>
    operations.map(
      ({ id, name, detail, outcome, isOrphan }) => `${id} ${name} ${detail} ${outcome} ${isOrphan}`,
    );
  if (!isOrdered) return texts(network.pending).sort();
  const requests = machines.flatMap(({ connection }) => connection.pending);
  const others = network.pending.filter((operation) => !requests.includes(operation));
  return [...texts(requests), ...texts(others).sort()];
}
