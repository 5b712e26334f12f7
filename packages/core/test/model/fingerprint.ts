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
  const pending = network.pending.map(
    ({ id, name, detail, outcome, isOrphan }) => `${id} ${name} ${detail} ${outcome} ${isOrphan}`,
  );
  parts.push(...pending.sort());
  for (const { process, cache, background, floor, history } of machines) {
    const { breaker, undeliveredInvalidations } = cache.status();
    const timers = [delaysMs.retry, delaysMs.probe].map((ms) => world.timers(process, ms).length);
    parts.push(process, floor, breaker, undeliveredInvalidations, ...timers);
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
