import type { Cluster, ClusterOptions, Redis, RedisOptions } from 'ioredis';
import type { Settings } from './options.ts';

/** A client that connects when told to, never by itself, and repeats nothing. */
export function createClient(
  { Redis, Cluster }: Pick<typeof import('ioredis'), 'Redis' | 'Cluster'>,
  { target, tls, connectionTimeoutMs }: Settings,
  attempt: number,
): Redis | Cluster {
  const { nodes, masterName, username, password, database = 0 } = target;
  const common: RedisOptions & { replyMapping: 'legacy' } = {
    replyMapping: 'legacy',
    lazyConnect: true,
    // RESP3 has nothing for a cache, and proxies without HELLO close the connection on it.
    protocol: 2,
    connectTimeout: connectionTimeoutMs,
    disconnectTimeout: 100,
    // INFO says "loading" for seconds after the fact; a LOADING reply to a command is exact.
    enableReadyCheck: false,
    clientInfoTag: 'tasker-cache',
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls }),
  };
  if (target.kind === 'cluster') {
    const options: ClusterOptions & { redisOptions: typeof common } = {
      lazyConnect: true,
      enableOfflineQueue: false,
      enableReadyCheck: false,
      clusterRetryStrategy: null,
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      redisOptions: common,
      // A certificate carries the name, so the name must not become an address first.
      ...(tls === undefined ? {} : { dnsLookup: (host, done) => done(null, host) }),
    };
    return new Cluster([...nodes], options);
  }
  const single = { ...common, db: database, enableOfflineQueue: false, retryStrategy: null };
  if (target.kind === 'standalone') return new Redis({ ...single, ...nodes[0] });
  const first = attempt % nodes.length;
  return new Redis({
    ...single,
    sentinels: [...nodes.slice(first), ...nodes.slice(0, first)],
    name: masterName,
    sentinelRetryStrategy: () => null,
    sentinelCommandTimeout: connectionTimeoutMs,
    updateSentinels: false,
    // Sentinels rarely know the users of the data nodes; a plain password they often share. One
    // without a password takes any for its default user, if that is named.
    ...(password === undefined || username !== undefined
      ? {}
      : { sentinelUsername: 'default', sentinelPassword: password }),
    ...(tls === undefined ? {} : { sentinelTLS: tls, enableTLSForSentinelMode: true }),
  });
}
