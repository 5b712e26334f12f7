import { memcachedTarget } from './memcached-family.ts';
import type { ServerTarget } from './target.ts';

export const memcached1645: ServerTarget = memcachedTarget({
  name: 'memcached-1.6.45',
  version: '1.6.45',
  debian: { suite: 'sid', packages: ['memcached'] },
});
