import { type AdapterDefinition, registerAdapter } from '@tasker-cache/core/adapter';
import { memcachedAdapter } from './adapter.ts';

export { memcachedAdapter } from './adapter.ts';
export type { MemcachedAdapterOptions } from './options.ts';

/** For `openCache`. Importing this package registers it. */
export const memcached: AdapterDefinition = {
  name: 'memcached',
  title: 'Memcached',
  create: ({ settings, logger }) => memcachedAdapter({ ...settings, logger }),
};

registerAdapter(memcached);
