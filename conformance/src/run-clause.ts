import { setTimeout as sleep } from 'node:timers/promises';
import type { Clause } from './clause.ts';
import { type FaultProxy, startProxy } from './proxy/proxy.ts';
import { contextFor, Obstructed, type Run } from './run-context.ts';
import { collectFaults } from './run-faults.ts';
import { obstacleFor } from './run-gate.ts';
import type { ClauseResult } from './run-result.ts';
import { addressOf } from './run-server.ts';

/** How long a clause's faults are waited for after its end. */
const graceMs = 20;

type Outcome = Pick<ClauseResult, 'state' | 'reason' | 'error' | 'durationMs'>;

/** Runs one clause; whatever the adapter does, this resolves. */
export async function runClause(clause: Clause, run: Run): Promise<Outcome> {
  const obstacle = obstacleFor(clause, run);
  if (obstacle) return { ...obstacle, durationMs: 0 };
  const began = performance.now();
  const outcome = await attempt(clause, run);
  return { ...outcome, durationMs: Math.round(performance.now() - began) };
}

async function attempt(clause: Clause, run: Run): Promise<Omit<Outcome, 'durationMs'>> {
  const faults: Error[] = [];
  const state = { hasEnded: false };
  const add = (error: Error) => (state.hasEnded ? run.lateFaults : faults).push(error);
  const deadline = new AbortController();
  try {
    const proxy = await ownProxy(clause, run);
    const work = collectFaults({ add }, async () => {
      await clause.run(contextFor(run, clause.id, proxy));
      await sleep(graceMs);
    });
    const start = clause.waits ? run.others : Promise.resolve();
    const hung = start.then(() => late(run.deadlineMs, deadline.signal));
    await Promise.race([work, hung]);
    if (faults[0]) throw faults[0];
    return { state: 'passed' };
  } catch (error) {
    if (error instanceof Obstructed) return error.obstacle;
    // An error that took a promise down is told first: the assertion only saw what followed.
    const cause = faults[0] ?? (error instanceof Error ? error : new Error(String(error)));
    return { state: 'failed', reason: cause.message, error: cause };
  } finally {
    state.hasEnded = true;
    deadline.abort();
  }
}

async function late(deadlineMs: number, signal: AbortSignal): Promise<never> {
  await sleep(deadlineMs, undefined, { signal }).catch(() => {});
  throw new Error(`the clause did not end within ${deadlineMs} ms: an operation never settled`);
}

/** A clause that breaks connections breaks its own alone. */
async function ownProxy(clause: Clause, run: Run): Promise<FaultProxy | undefined> {
  if (!run.server || !clause.needs?.includes('proxy')) return run.proxies[0];
  const proxy = await startProxy({ upstream: addressOf(run.server.url) });
  run.proxies.push(proxy);
  return proxy;
}
