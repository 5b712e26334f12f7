import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CacheAdapter } from '@tasker-cache/core/adapter';
import { type Clause, groupOf, levelOf, type OwnedServer } from './clause.ts';
import { clauses as allClauses } from './clauses/index.ts';
import { startProxy } from './proxy/proxy.ts';
import { runClause } from './run-clause.ts';
import type { Run } from './run-context.ts';
import { collectFaults, listenForFaults } from './run-faults.ts';
import { type ClauseResult, type ConformanceResults, isConformant } from './run-result.ts';
import { accepts, addressOf } from './run-server.ts';

export interface RunOptions {
  /** What is tested, for the reports: `valkey 8.1`. */
  readonly name: string;
  /** Creates an adapter. `url` leads to the server through the kit's proxy; it is '' without a server. */
  readonly create: (options: { readonly url: string }) => CacheAdapter;
  /** The server's URL, or a server that the kit may freeze and restart. Absent: an adapter of this process. */
  readonly server?: string | OwnedServer;
  /** Called as soon as a clause has ended. */
  readonly onResult?: (result: ClauseResult) => void;
  /** Default: all. */
  readonly clauses?: readonly Clause[];
  /** The seed of an earlier run, for the same test data. Default: chance. */
  readonly seed?: string;
  /** A clause that hangs fails by then, and the others go on. Default 15,000. */
  readonly deadlineMs?: number;
}

/** So many clauses run at once, next to those that only wait. */
const lanes = 8;
/** A clause that takes longer goes on, and its lane takes the next one. */
const patienceMs = 1500;

/** Runs every clause against an adapter. Rejects for wrong options alone, never for what the adapter does. */
export async function runConformance(options: RunOptions): Promise<ConformanceResults> {
  const began = performance.now();
  const { name, clauses = allClauses, seed = randomBytes(4).toString('hex') } = options;
  const { deadlineMs = 15_000 } = options;
  const server = typeof options.server === 'string' ? { url: options.server } : options.server;
  const results = new Map<string, ClauseResult>();
  const report = (clause: Clause, outcome: Pick<ClauseResult, 'state' | 'durationMs'>) => {
    const { id, title } = clause;
    const result = { id, group: groupOf(id), level: levelOf(clause), title, ...outcome };
    results.set(id, result);
    options.onResult?.(result);
  };
  const finish = (adapter?: CacheAdapter): ConformanceResults => {
    const ordered = clauses
      .map(({ id }) => results.get(id))
      .filter((result) => result !== undefined);
    return {
      name,
      ...(adapter && { adapter: { name: adapter.name, scope: adapter.scope } }),
      seed,
      isConformant: isConformant(ordered),
      durationMs: Math.round(performance.now() - began),
      results: ordered,
    };
  };

  if (server && !(await accepts(addressOf(server.url)))) {
    for (const clause of clauses) report(clause, unreachable(name, addressOf(server.url)));
    return finish();
  }
  const lateFaults: Error[] = [];
  const proxies = server ? [await startProxy({ upstream: addressOf(server.url) })] : [];
  const others = Promise.withResolvers<void>();
  const created: CacheAdapter[] = [];
  const base = { seed, deadlineMs, server, proxies, created, lateFaults, others: others.promise };
  const stopListening = listenForFaults({ add: (error) => lateFaults.push(error) });
  try {
    const run = await collectFaults({ add: (error) => lateFaults.push(error) }, () =>
      probe(options, base),
    );
    if (run instanceof Error) {
      const failure = { state: 'failed', reason: run.message, error: run, durationMs: 0 } as const;
      for (const clause of clauses) report(clause, failure);
      return finish();
    }
    const runOne = async (clause: Clause) => report(clause, await runClause(clause, run));
    const together = clauses.filter(({ alone }) => !alone);
    const waiting = together.filter(({ waits }) => waits).map(runOne);
    // Those that measure time begin in peace.
    await sleep(50);
    await inLanes(
      together.filter(({ waits }) => !waits),
      runOne,
    );
    others.resolve();
    await Promise.all(waiting);
    await closeAll(created);
    for (const clause of clauses) if (clause.alone) await runOne(clause);
    return finish(run.adapter);
  } finally {
    await closeAll(created);
    await Promise.all(proxies.map((proxy) => proxy.close()));
    stopListening();
  }
}

/** The first instance tells what applies to the adapter. */
async function probe(
  options: RunOptions,
  base: Omit<Run, 'adapter' | 'create'>,
): Promise<Run | Error> {
  try {
    const { server, proxies } = base;
    const adapter = options.create({ url: server ? (proxies[0]?.url(server.url) ?? '') : '' });
    base.created.push(adapter);
    return { ...base, create: options.create, adapter };
  } catch (error) {
    return new Error(`create() threw ${error}`, { cause: error });
  }
}

async function inLanes(
  clauses: readonly Clause[],
  runOne: (clause: Clause) => Promise<void>,
): Promise<void> {
  const queue = [...clauses];
  const running: Promise<void>[] = [];
  const lane = async () => {
    for (let clause = queue.shift(); clause; clause = queue.shift()) {
      const timer = new AbortController();
      const end = runOne(clause);
      running.push(end);
      await Promise.race([
        end,
        sleep(patienceMs, undefined, { signal: timer.signal }).catch(() => {}),
      ]);
      timer.abort();
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  await Promise.all(running);
}

/** At most a second: a close that hangs fails its own clauses, and not the run. */
async function closeAll(adapters: CacheAdapter[]): Promise<void> {
  const closes = adapters.splice(0).map(async (adapter) => adapter.close());
  const timer = new AbortController();
  const enough = sleep(1000, undefined, { signal: timer.signal }).catch(() => {});
  await Promise.race([Promise.allSettled(closes), enough]);
  timer.abort();
}

function unreachable(name: string, { host, port }: { host: string; port: number }) {
  const reason = `no server answers at ${host}:${port}`;
  // In CI, nobody reads that a suite was skipped.
  if (!process.env.CI) return { state: 'not run', reason, durationMs: 0 } as const;
  const error = new Error(`${reason}; with CI set, that is a failure of '${name}'`);
  return { state: 'failed', reason: error.message, error, durationMs: 0 } as const;
}
