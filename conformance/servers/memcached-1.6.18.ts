import { memcachedTarget } from './memcached-family.ts';
import type { ServerTarget } from './target.ts';

export const memcached1618: ServerTarget = memcachedTarget({
  name: 'memcached-1.6.18',
  version: '1.6.18',
  debian: { suite: 'bookworm', packages: ['memcached'] },
});
