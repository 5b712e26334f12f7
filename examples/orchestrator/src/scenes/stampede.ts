import { isDeepStrictEqual } from 'node:util';
import { type Scene, until } from '../stage.ts';

const requests = 200;
const miss = 'DEBUG hours=24 "Performance metrics cache MISS, querying DB"';
const hit = 'DEBUG hours=24 "Performance metrics cache HIT"';

export const stampede: Scene = async ({ report, log, database, cache, orchestrator }) => {
  report.scene(`${requests} dashboards open at once`);
  const opening = Array.from({ length: requests }, () => orchestrator.performance(24));
  const [first, ...others] = await Promise.all(opening);
  const queries = await database.executed('performance');
  report.figure('stampede', { requests, queries });
  report.say(
    `Each asked for the metrics of the last 24 hours: ${first?.total_tasks.toLocaleString('en-US')} tasks, ${first?.steps_per_hour.toLocaleString('en-US')} steps an hour.`,
  );
  report.claim(`${requests} concurrent requests ran exactly 1 query`, queries === 1, queries);
  report.claim(
    'All of them got its answer',
    others.every((other) => isDeepStrictEqual(other, first)),
  );

  // Nobody waits until the answer is stored: that happens behind the requests.
  await until(() => cache.stats().regions.analytics?.stores === 1);
  await orchestrator.performance(24);
  for (const line of [miss, hit]) report.log('orchestrator', line);
  report.claim('The log says so at DEBUG, in these words', log.has(miss) && log.has(hit));
};
