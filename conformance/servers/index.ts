import { dragonfly } from './dragonfly.ts';
import { memcached1618 } from './memcached-1.6.18.ts';
import { memcached1645 } from './memcached-1.6.45.ts';
import { memcachedSasl } from './memcached-sasl.ts';
import { redis70 } from './redis-7.0.ts';
import { redis80 } from './redis-8.0.ts';
import { redisCluster } from './redis-cluster.ts';
import { redisSentinel } from './redis-sentinel.ts';
import { redisTls } from './redis-tls.ts';
import type { ServerTarget } from './target.ts';
import { valkey81 } from './valkey-8.1.ts';
import { valkey91 } from './valkey-9.1.ts';

/** Every server the kit knows how to start. */
export const serverTargets: readonly ServerTarget[] = [
  redis70,
  redis80,
  redisCluster,
  redisSentinel,
  redisTls,
  valkey81,
  valkey91,
  dragonfly,
  memcached1618,
  memcached1645,
  memcachedSasl,
];
