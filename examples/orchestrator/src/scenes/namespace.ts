import { queriesForAll, type Scene, type Stage } from '../stage.ts';

const namespace = 'payments';

export const namespaceInvalidation: Scene = async (stage) => {
  const { report, orchestrator, cache, references } = stage;
  report.scene(`Invalidate the whole namespace '${namespace}'`);
  await queriesForAll(stage);
  const { confirmed } = await orchestrator.templates.invalidateNamespace(namespace);
  const queries = await queriesForAll(stage);
  if (cache.status().backend === 'memcached') {
    cannot(stage, confirmed, queries);
    return;
  }
  const gone = references.filter((reference) => reference.namespace === namespace).length;
  report.claim('The invalidation was confirmed', confirmed, confirmed);
  report.claim(
    `Its ${gone} templates are gone, and no others`,
    queries === gone,
    `${queries} queries for ${references.length} templates`,
  );
};

/** memcached cannot find keys by what they start with. */
function cannot({ report, log }: Stage, confirmed: boolean, queries: number): void {
  report.claim('memcached cannot do it, and the cache says so: not confirmed', !confirmed);
  report.claim(
    'The log warns that it relies on TTL expiry',
    log.lines.some((line) => line.startsWith('WARN') && line.includes('relying on TTL expiry')),
  );
  report.claim('The templates are still served from the cache', queries === 0, queries);
  report.say(
    "A worker's boot is precise all the same, as seen above: it names its templates, and those are deleted one by one.",
  );
}
