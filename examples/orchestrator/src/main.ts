import { ServerNotRunError } from '@tasker-cache/conformance';
import { type Arguments, readArguments } from './arguments.ts';
import { prepare } from './backends.ts';
import { openTaskerCache } from './cache.ts';
import { startDatabase } from './database.ts';
import { LogBook } from './log-book.ts';
import { Orchestrator } from './orchestrator.ts';
import { Report } from './report.ts';
import { lateReader } from './scenes/late-reader.ts';
import { latency } from './scenes/latency.ts';
import { namespaceInvalidation } from './scenes/namespace.ts';
import { outage } from './scenes/outage.ts';
import { refusedTemplates } from './scenes/refused-templates.ts';
import { sharedTemplates } from './scenes/shared-templates.ts';
import { stampede } from './scenes/stampede.ts';
import { startup } from './scenes/startup.ts';
import { workerBoots } from './scenes/worker-boots.ts';
import type { Scene } from './stage.ts';
import { bootWorker } from './worker-boot.ts';

const inOneProcess: readonly Scene[] = [refusedTemplates, stampede, latency];
const onSharedBackend: readonly Scene[] = [
  stampede,
  latency,
  sharedTemplates,
  workerBoots,
  lateReader,
  namespaceInvalidation,
  outage,
];

async function play({ backend }: Arguments, report: Report): Promise<void> {
  report.scene('Tasker starts');
  await using server = await prepare(backend);
  report.figure('backend', backend.name);
  report.figure('server', server ? { version: server.version, how: server.how } : null);
  if (server?.how === 'url') report.say(`The cache server is yours, version ${server.version}.`);
  else if (server) report.say(`${server.target} was started, version ${server.version}.`);

  report.say('PostgreSQL starts in a process of its own and fills its tables ...');
  using postgres = startDatabase();
  const { database } = postgres;
  const { version, steps } = await database.size();
  report.say(`${version} (PGlite) holds ${steps.toLocaleString('en-US')} workflow steps.`);
  report.figure('steps', steps);

  const log = new LogBook((line) => report.log('orchestrator', line));
  await using cache = await openTaskerCache(log.logger);
  await startup(report, log, cache);
  if (cache.status().state !== 'ready') return;
  const orchestrator = new Orchestrator(cache, database);

  const scenes = cache.status().scope === 'process' ? inOneProcess : onSharedBackend;
  const references = await database.references();
  for (const scene of scenes) {
    await scene({
      report,
      log,
      database,
      cache,
      orchestrator,
      references,
      server,
      bootWorker: (build) => bootWorker(build, postgres, (line) => report.log('worker', line)),
    });
  }
  if (server?.how === 'url') await orchestrator.templates.invalidateAll();
}

const options = readArguments(process.argv.slice(2));
const report = new Report();
try {
  await play(options, report);
  process.exitCode = report.finish(options.json);
} catch (error) {
  if (!(error instanceof ServerNotRunError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
