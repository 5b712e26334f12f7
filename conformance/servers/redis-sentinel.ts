import { askRedis, redisArgs, redisTarget } from './redis-family.ts';
import type { Endpoint, ServerTarget } from './target.ts';
import { until } from './until.ts';

const host = '127.0.0.1';
const group = 'tasker';

/**
 * It would look for replicas every 10 s, make a returned master a replica after 8 s, and ping and
 * reconnect once a second. That is as long as `down-after-milliseconds`: it then took a master that
 * it was about to reach for dead, now and then. Below 200 ms between pings it trusts no replica,
 * because it asks the replicas of a dead master once a second and forgets after five pings.
 */
const periodsMs = ['info-period', '200', 'publish-period', '500', 'ping-period', '400'];

/** Resolves when the sentinel could promote the replica. */
async function join(endpoints: readonly Endpoint[]): Promise<void> {
  const [, replica, sentinel] = endpoints as [Endpoint, Endpoint, Endpoint];
  await askRedis(sentinel, 'SENTINEL', 'DEBUG', ...periodsMs);
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
