import { chargeCard, type Scene } from '../stage.ts';

export const workerBoots: Scene = async ({ report, database, orchestrator, bootWorker }) => {
  report.scene('A worker boots with a new build, in another process');
  const old = await orchestrator.template(chargeCard);
  report.say(`The orchestrator serves handler ${old.handler_class}, from the cache.`);

  const worker = await bootWorker('build-2');
  report.say(`Worker ${worker.pid} committed its handlers, then invalidated their templates.`);
  report.claim('The invalidation was confirmed', worker.confirmed === true, worker.confirmed);

  const before = await database.executed('template');
  const current = await orchestrator.template(chargeCard);
  await orchestrator.template(chargeCard);
  const queries = (await database.executed('template')) - before;
  report.claim(
    "The orchestrator's next read is the new handler, ChargeCard@build-2",
    current.handler_class === 'ChargeCard@build-2',
    current.handler_class,
  );
  report.claim('It cost 1 query, and is cached again', queries === 1, queries);
};
