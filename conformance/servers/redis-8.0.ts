import { redisTarget } from './redis-family.ts';
import type { ServerTarget } from './target.ts';

export const redis80: ServerTarget = redisTarget({
  name: 'redis-8.0',
  version: '8.0',
  image: 'redis:8.0',
  debian: { suite: 'trixie', packages: ['redis-server'] },
});
