import { chargeCard, type Scene, until } from '../stage.ts';

export const lateReader: Scene = async (stage) => {
  const { report, cache, database, orchestrator, bootWorker } = stage;
  report.scene('A slow reader cannot bring the old template back');
  await orchestrator.templates.invalidate(chargeCard);
  const refusedFills = () => cache.stats().regions.templates?.refusedFills ?? 0;
  const refusedBefore = refusedFills();

  const loaded = Promise.withResolvers<void>();
  const resume = Promise.withResolvers<void>();
  const slowRead = orchestrator.templates.get(chargeCard, async () => {
    const row = await database.template(chargeCard);
    loaded.resolve();
    await resume.promise;
    return row;
  });
  await loaded.promise;
  report.say('A reader missed and has loaded the row, but not stored it yet.');
  await bootWorker('build-3');
  report.say('Meanwhile a worker committed build-3 and invalidated. Now the reader goes on.');
  resume.resolve();
  const late = await slowRead;
  const current = await orchestrator.template(chargeCard);

  const refused = await until(() => refusedFills() > refusedBefore);
  report.claim(
    'The reader got the row of its own time, ChargeCard@build-2',
    late.handler_class === 'ChargeCard@build-2',
    late.handler_class,
  );
  report.claim('The cache refused to store it: its lease was gone', refused);
  report.claim(
    'The next read is ChargeCard@build-3',
    current.handler_class === 'ChargeCard@build-3',
    current.handler_class,
  );
};
