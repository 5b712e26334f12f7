import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerControls } from '@tasker-cache/conformance';
import { median, milliseconds, threeDigits } from '../report.ts';
import { chargeCard, queriesForAll, type Scene, type Stage, timed, until } from '../stage.ts';
import { TemplateReaders } from '../template-readers.ts';

const clients = 8;

export const outage: Scene = async (stage) => {
  const { report, server } = stage;
  report.scene('The cache server is killed under load, and comes back');
  if (server?.kill === undefined || server.restart === undefined) {
    report.say('Not shown: this server is yours, and the demo kills only what it started.');
    return;
  }
  const readers = new TemplateReaders(stage, clients);
  await sleep(300);
  readers.phase = 'outage';
  await serverDies(stage, server.kill.bind(server));
  await serverReturns(stage, server.restart.bind(server));
  readers.phase = 'after';
  await sleep(300);
  await readers.stop();
  requestsWentOn(stage, readers);
  await cachedAgain(stage);
};

async function serverDies(
  { report, log, cache, orchestrator }: Stage,
  kill: ServerControls['kill'],
): Promise<void> {
  report.say(`${clients} clients read templates without a pause. Now the server is killed.`);
  await kill();
  const opened = await until(() => log.has('ERROR Circuit breaker opened (failing fast)'));
  report.claim("The circuit breaker opened, and the log says it in the guide's words", opened);

  const region = cache.region('generic');
  const calls: number[] = [];
  for (let call = 0; call < 100; call++) calls.push(await timed(() => region.get('anything')));
  const callMs = median(calls);
  report.figure('openCircuitCallMs', threeDigits(callMs));
  report.claim('A call to the open circuit takes less than 1 ms', callMs < 1, milliseconds(callMs));

  const { confirmed } = await orchestrator.templates.invalidate(chargeCard);
  report.claim('An invalidation now tells the truth: not confirmed', !confirmed);
  await sleep(500);
}

async function serverReturns(
  { report, log, cache }: Stage,
  restart: ServerControls['restart'],
): Promise<void> {
  report.say('It starts again. The breaker tests it after 1 s here, by default after 15 s.');
  await restart();
  const closed = await until(() => cache.status().breaker === 'closed');
  report.claim(
    'The circuit breaker closed, and the log says it',
    closed && log.has('INFO Circuit breaker closed (recovered)'),
    cache.status().breaker,
  );
  const { undeliveredInvalidations: waiting } = cache.status();
  report.claim('The invalidation was delivered first', waiting === 0, `${waiting} waiting`);
}

function requestsWentOn({ report }: Stage, { latenciesMs, wrong }: TemplateReaders): void {
  const { before, outage, after } = latenciesMs;
  const slowestMs = Math.max(...outage);
  report.bars([
    { label: 'before (median)', ms: median(before) },
    { label: 'without server (median)', ms: median(outage) },
    { label: 'after (median)', ms: median(after) },
  ]);
  report.figure('outage', { requests: outage.length, wrong, slowestMs: threeDigits(slowestMs) });
  report.claim(
    'Every request during the outage was answered, and rightly',
    outage.length > 0 && wrong === 0,
    `${wrong} were not`,
  );
  report.say(`${outage.length} requests; the slowest took ${milliseconds(slowestMs)}.`);
}

async function cachedAgain(stage: Stage): Promise<void> {
  await queriesForAll(stage);
  const queries = await queriesForAll(stage);
  stage.report.claim('Templates come from the cache again', queries === 0, `${queries} queries`);
}
