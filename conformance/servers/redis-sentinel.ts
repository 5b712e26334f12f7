import { askRedis, redisArgs, redisTarget } from './redis-family.ts';
import type { Endpoint, ServerTarget } from './target.ts';
import { until } from './until.ts';

const host = '127.0.0.1';
const group = 'tasker';

/** Resolves when the sentinel could promote the replica. */
async function join(endpoints: readonly Endpoint[]): Promise<void> {
  const [, replica, sentinel] = endpoints as [Endpoint, Endpoint, Endpoint];
  // It would look for replicas every 10 s.
  await askRedis(sentinel, 'SENTINEL', 'DEBUG', 'info-period', '200');
  await until(async () => {
    const link = await askRedis(replica, 'INFO', 'replication');
    const known = await askRedis(sentinel, 'SENTINEL', 'MASTER', group);
    if (!link.includes('link_status:up') || !/num-slaves\r\n\$1\r\n1\r\n/.test(known))
      throw new Error('The sentinel did not find the replica');
  });
}

/** One master, one replica and one sentinel that watches them as the group `tasker`. */
export const redisSentinel: ServerTarget = redisTarget({
  name: 'redis-sentinel',
  version: '8.0',
  variable: 'REDIS_SENTINEL_URL',
  image: 'redis:8.0',
  debian: { suite: 'trixie', packages: ['redis-server'] },
  roles: ['master', 'replica', 'sentinel'],
  args: (place, index) => {
    const { folder, bind, ports } = place;
    if (index === 2)
      return [`${folder}/sentinel.conf`, '--sentinel', '--port', `${ports[2]}`, '--bind', bind];
    const replication =
      index === 1
        ? ['--replicaof', host, `${ports[0]}`]
        : // Waiting for further replicas would only cost 5 s.
          ['--repl-diskless-sync-delay', '0'];
    return [...redisArgs(place, index), ...replication];
  },
  files: async ([master]) => ({
    'sentinel.conf': [
      `sentinel monitor ${group} ${host} ${master} 1`,
      `sentinel down-after-milliseconds ${group} 1000`,
      `sentinel failover-timeout ${group} 5000`,
      'protected-mode no',
      '',
    ].join('\n'),
  }),
  join,
});
