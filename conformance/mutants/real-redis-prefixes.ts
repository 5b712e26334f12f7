import type { RealMutant } from './real.ts';
import { overCommands, type RedisClient } from './real-redis.ts';

/** The same SCAN, with another pattern. */
function overPattern(client: RedisClient, change: (pattern: string) => string) {
  return overCommands(client, 'SCAN', (send, args) =>
    send('SCAN', ...args.with(2, change(args[2] ?? ''))),
  );
}

/** Faults of SCAN and UNLINK, of which only a server with a key space shows anything. */
export const redisPrefixMutants: readonly RealMutant<RedisClient>[] = [
  {
    id: 'redis-first-page',
    fault: 'deletePrefix stops after the first page of SCAN',
    killedBy: ['PREFIX-04'],
    mutate: (_, bare) =>
      overCommands(bare(), 'SCAN', async (send, args) => {
        const [, keys] = (await send('SCAN', ...args)) as [string, string[]];
        return ['0', keys];
      }),
  },
  {
    id: 'redis-unescaped-glob',
    fault: 'the prefix goes into MATCH as it is',
    killedBy: ['PREFIX-03'],
    mutate: (_, bare) => overPattern(bare(), (pattern) => pattern.replace(/\\([*?[\]\\])/g, '$1')),
  },
  {
    id: 'redis-glob-anywhere',
    fault: 'MATCH *prefix* finds it in the middle of keys',
    killedBy: ['PREFIX-02'],
    mutate: (_, bare) => overPattern(bare(), (pattern) => `*${pattern}`),
  },
  {
    id: 'redis-glob-without-colon',
    fault: 'MATCH leaves out the colon at the end of the prefix',
    killedBy: ['PREFIX-02'],
    mutate: (_, bare) => overPattern(bare(), (pattern) => pattern.replace(/:\*$/, '*')),
  },
  {
    id: 'redis-unlinks-a-hundred',
    fault: 'of each page of SCAN, 100 keys are removed, and all are counted',
    killedBy: ['PREFIX-04'],
    mutate: (_, bare) =>
      overCommands(bare(), 'UNLINK', async (send, keys) => {
        await send('UNLINK', ...keys.slice(0, 100));
        return keys.length;
      }),
  },
  {
    id: 'redis-flushes',
    fault: 'deletePrefix empties the database',
    killedBy: ['PREFIX-02', 'DELETE-09'],
    mutate: (_, bare) =>
      overCommands(bare(), 'UNLINK', async (send, keys) => {
        await send('FLUSHDB');
        return keys.length;
      }),
  },
];
