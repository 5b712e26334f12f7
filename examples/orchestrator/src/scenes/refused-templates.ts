import { chargeCard, type Scene } from '../stage.ts';

/** The guide's, word for word. */
const warning =
  "WARN Cache provider 'moka' is not safe for template caching (in-memory cache would drift from worker invalidations). Template caching disabled.";

export const refusedTemplates: Scene = async ({ report, log, database, orchestrator }) => {
  report.scene('Templates are not cached in one process');
  report.say(
    'A worker could not invalidate what the orchestrator keeps in its own memory. So the cache refused, and said so when the orchestrator asked for it above.',
  );
  report.claim("The log holds the guide's warning, word for word", log.has(warning));

  const before = await database.executed('template');
  for (let read = 0; read < 5; read++) await orchestrator.template(chargeCard);
  const queries = (await database.executed('template')) - before;
  report.claim('5 reads of a template are 5 queries: none can be stale', queries === 5, queries);
};
