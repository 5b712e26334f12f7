import { redisTarget } from './redis-family.ts';
import type { ServerTarget } from './target.ts';

export const dragonfly: ServerTarget = redisTarget({
  name: 'dragonfly',
  product: 'dragonfly',
  version: '',
  variable: 'DRAGONFLY_URL',
  image: 'docker.dragonflydb.io/dragonflydb/dragonfly:v1.40.1',
  program: 'dragonfly',
  args: ({ bind, folder, ports }) => [
    ...[`--bind=${bind}`, `--port=${ports[0]}`, `--dir=${folder}`, '--dbfilename='],
    // Without a limit it takes 80 % of the machine's memory.
    ...['--maxmemory=512mb', '--proactor_threads=2', '--logtostderr'],
  ],
});
