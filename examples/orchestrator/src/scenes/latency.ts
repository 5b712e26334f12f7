import { median, threeDigits } from '../report.ts';
import { type Scene, timed } from '../stage.ts';

const query = { limit: 10, minExecutions: 100 };

export const latency: Scene = async ({ report, cache, database, orchestrator }) => {
  report.scene('The bottleneck analysis, with and without the cache');
  const queries: number[] = [];
  for (let run = 0; run < 3; run++) queries.push(await timed(() => database.bottlenecks(query)));

  const missMs = await timed(() => orchestrator.bottlenecks(query));
  const executed = await database.executed('bottlenecks');
  const hits: number[] = [];
  for (let run = 0; run < 1000; run++) {
    hits.push(await timed(() => orchestrator.bottlenecks(query)));
  }
  const queryMs = median(queries);
  const hitMs = median(hits);
  report.figure('latencyMs', {
    query: threeDigits(queryMs),
    miss: threeDigits(missMs),
    hit: threeDigits(hitMs),
  });
  report.bars([
    { label: 'without cache (median of 3)', ms: queryMs },
    { label: 'first request, a miss', ms: missMs },
    { label: `${cache.status().backend} (median of 1,000)`, ms: hitMs },
  ]);
  const more = (await database.executed('bottlenecks')) - executed;
  report.claim('1,000 hits asked the database nothing', more === 0, `${more} queries`);
  const ratio = Math.round(queryMs / hitMs);
  report.claim('A hit is at least 20 times faster than the query', ratio >= 20, `${ratio} times`);

  const [slowest] = (await orchestrator.bottlenecks(query)).slow_steps;
  report.claim(
    'And it knows the bottleneck: posting to the ledger',
    slowest?.step_name === 'post_ledger',
    slowest?.step_name,
  );
};
