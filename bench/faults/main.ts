import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Arguments, help, readArguments } from './arguments.ts';
import { type Backend, backends, startBackend } from './backends.ts';
import { execute } from './execute.ts';
import { type Fault, faults } from './faults.ts';
import { goals, misses } from './goals.ts';
import type { Measured } from './measured.ts';
import { table } from './table.ts';

/** Runs side by side: more would disturb each other's latency on a small machine. */
const lanes = 2;

const options = readArguments(process.argv.slice(2));
if (options === undefined) console.log(help);
else process.exitCode = (await main(options)) ? 0 : 1;

async function main({ only, faults: ids, json, ...times }: Arguments): Promise<boolean> {
  const reached: Backend[] = [];
  for (const name of only) if (await isReachable(backends[name])) reached.push(backends[name]);
  const chosen = faults.filter(({ id }) => ids.includes(id));
  const waiting = reached.flatMap((backend) => chosen.map((fault) => ({ backend, fault })));
  const total = waiting.length;
  const runs: Measured[] = [];
  const work = async (delayMs: number) => {
    await sleep(delayMs);
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const run = await measure(next.backend, next.fault, times);
      runs.push(run);
      report(run, runs.length, total);
    }
  };
  // Apart, so that their starts do not meet.
  await Promise.all(Array.from({ length: lanes }, (_, lane) => work(lane * 1000)));
  for (const { name } of reached) {
    const own = chosen.flatMap(
      ({ id }) => runs.find((run) => run.backend === name && run.fault === id) ?? [],
    );
    console.log(`\n${name}\n\n${table(own)}`);
  }
  if (json !== undefined) await writeFile(json, `${JSON.stringify(runs, null, 2)}\n`);
  return conclude(runs);
}

async function isReachable(backend: Backend): Promise<boolean> {
  try {
    const server = await startBackend(backend);
    console.log(`${backend.name}: ${server.target}, version ${server.version} (${server.how})`);
    await server.stop();
    return true;
  } catch (error) {
    console.log(`${backend.name}: ${(error as Error).message}`);
    return false;
  }
}

/** A scene that cannot be set up is a missed goal, not the end of the others. */
async function measure(
  backend: Backend,
  fault: Fault,
  times: Pick<Arguments, 'seconds' | 'operationTimeoutMs'>,
): Promise<Measured> {
  try {
    return await execute(backend, fault, times);
  } catch (error) {
    const reason = `not run: ${error instanceof Error ? error.message : error}`;
    return { backend: backend.name, fault: fault.id, title: fault.title, exit: reason };
  }
}

function report(run: Measured, done: number, total: number): void {
  const what = `${done}/${total} ${run.backend} ${run.fault} ${run.title}`;
  if (run.notApplicable !== undefined) {
    console.log(`${what}: n/a: ${run.notApplicable}`);
    return;
  }
  const missed = misses(run).map(({ goal, why }) => `\n    misses goal ${goal}: ${why}`);
  console.log(`${what}: ${missed.length === 0 ? 'met' : missed.join('')}`);
}

/** Prints each goal's result; returns whether all are met, in at least one run. */
function conclude(runs: readonly Measured[]): boolean {
  const real = runs.filter(({ notApplicable }) => notApplicable === undefined);
  const missed = real.flatMap(misses);
  console.log('');
  for (const { id, title } of goals) {
    const count = missed.filter(({ goal }) => goal === id).length;
    console.log(`Goal ${id}: ${count === 0 ? 'met' : `missed in ${count} runs`}: ${title}`);
  }
  const [busy = 0] = loadavg();
  if (busy > cpus().length) {
    console.log(`\nThe machine was busy (load ${busy.toFixed(1)}), which latency goals may show`);
  }
  const isMet = real.length > 0 && missed.length === 0;
  console.log(`\n${real.length} runs: ${isMet ? 'every goal is met' : 'not every goal is met'}`);
  return isMet;
}
