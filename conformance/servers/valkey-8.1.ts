import { valkeyTarget } from './redis-family.ts';
import type { ServerTarget } from './target.ts';

export const valkey81: ServerTarget = valkeyTarget({
  name: 'valkey-8.1',
  version: '8.1',
  image: 'valkey/valkey:8.1',
  debian: { suite: 'trixie', packages: ['valkey-server'] },
});
