import { valkeyTarget } from './redis-family.ts';
import type { ServerTarget } from './target.ts';

export const valkey91: ServerTarget = valkeyTarget({
  name: 'valkey-9.1',
  version: '9.1',
  image: 'valkey/valkey:9.1',
  debian: { suite: 'sid', packages: ['valkey-server'] },
});
