import { redisTarget } from './redis-family.ts';
import type { ServerTarget } from './target.ts';

export const redis70: ServerTarget = redisTarget({
  name: 'redis-7.0',
  version: '7.0',
  image: 'redis:7.0',
  debian: { suite: 'bookworm', packages: ['redis-server'] },
});
