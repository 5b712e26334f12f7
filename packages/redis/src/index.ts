import { type AdapterDefinition, registerAdapter } from '@tasker-cache/core/adapter';
import { redisAdapter } from './adapter.ts';
import type { RedisAdapterOptions } from './options.ts';

export { redisAdapter } from './adapter.ts';
export type { RedisAdapterOptions, RedisTlsOptions } from './options.ts';
export type { ServerIdentity } from './server-identity.ts';

/** For `openCache`. Importing this package registers it. */
export const redis: AdapterDefinition = {
  name: 'redis',
  title: 'Redis',
  create: ({ settings, maxValueBytes, logger }) =>
    redisAdapter({
      maxValueBytes: Math.floor(maxValueBytes),
      ...(settings as RedisAdapterOptions),
      logger,
    }),
};

registerAdapter(redis);
