import { readFileSync } from 'node:fs';
import type { Outcome, Run } from '../report/outcome.ts';
import { type Clause, groupOf, levelOf } from '../src/clause.ts';
import { clauses } from '../src/clauses/index.ts';
import { runConformance } from '../src/run.ts';
import { type ClauseResult, isConformant } from '../src/run-result.ts';
import { type Server, ServerNotRunError, type StartOptions } from '../src/servers/server.ts';
import { startServer } from '../src/servers/start-server.ts';
import { creator } from './adapters.ts';
import { type Discovery, fleetObstacle, isAboutConnections, withFleets } from './discovery.ts';
import type { Fleet } from './fleet.ts';
import type { MatrixTarget } from './targets.ts';

export interface TargetOptions {
  readonly servers: NonNullable<StartOptions['how']>;
  readonly seed: string | undefined;
  /** Called when the server is there, before the first clause. */
  readonly onStart: (server: Run['server']) => void;
}

/** The targets whose clients learn further addresses from the server. */
const discoveries: Readonly<Record<string, Discovery>> = {
  'redis-cluster': 'cluster',
  'redis-sentinel': 'sentinel',
};

/** Starts the target's server, runs the kit, stops the server. */
export async function runTarget(target: MatrixTarget, options: TargetOptions): Promise<Outcome> {
  const { name, adapter } = target;
  const tested = {
    target: name,
    adapter: `@tasker-cache/${adapter}`,
    adapterVersion: versionOf(adapter),
  };
  let server: Server | undefined;
  try {
    if (target.hasServer) server = await startServer(name, { how: options.servers });
  } catch (error) {
    if (!(error instanceof ServerNotRunError)) throw error;
    return { ...tested, notRun: error.message.replace(`not run: ${name}: `, '') };
  }
  try {
    options.onStart(server);
    const run = await runClauses(target, server, options.seed);
    return {
      ...tested,
      ...(server && { server: { version: server.version, how: server.how } }),
      ...run,
    };
  } finally {
    await server?.stop();
  }
}

async function runClauses(
  target: MatrixTarget,
  server: Server | undefined,
  seed: string | undefined,
): Promise<Omit<Run, 'target' | 'adapter' | 'adapterVersion' | 'server'>> {
  const discovery = server && discoveries[target.name];
  const obstacle = discovery && fleetObstacle(server);
  const reached = clauses.filter((it) => obstacle === undefined || !isAboutConnections(it));
  const fleets: Fleet[] = [];
  const run = await runConformance({
    name: target.name,
    create: await creator(target, server, discovery),
    clauses: discovery ? withFleets(reached, discovery, server, fleets) : reached,
    ...(server && { server }),
    ...(seed !== undefined && { seed }),
  });
  await Promise.all(fleets.map((fleet) => fleet.close()));
  const ends = new Map(run.results.map((result) => [result.id, result]));
  const results = clauses.map((clause) => ends.get(clause.id) ?? notRun(clause, obstacle ?? ''));
  const { durationMs } = run;
  return { seed: run.seed, durationMs, isConformant: isConformant(results), results };
}

function notRun(clause: Clause, reason: string): ClauseResult {
  const { id, title } = clause;
  const level = levelOf(clause);
  return { id, group: groupOf(id), level, title, state: 'not run', reason, durationMs: 0 };
}

function versionOf(adapter: string): string {
  const file = new URL(`../../packages/${adapter}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
