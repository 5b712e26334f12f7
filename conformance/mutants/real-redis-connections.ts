import type { RealMutant } from './real.ts';
import { over, overCommands, type RedisClient } from './real-redis.ts';

/** Faults around the connection to a Redis server. */
export const redisConnectionMutants: readonly RealMutant<RedisClient>[] = [
  {
    id: 'redis-unguarded',
    fault: 'replies are left to ioredis, whose handler throws at one that nobody asked for',
    killedBy: ['HOSTILE-05'],
    mutate: (_, bare) => over(bare()),
  },
  {
    id: 'redis-offline-queue',
    fault: 'ioredis keeps commands until the server is back',
    killedBy: ['OUTAGE-01', 'OUTAGE-02'],
    mutate: (_, bare) => over(bare({ maxRetriesPerRequest: null })),
  },
  {
    id: 'redis-sends-again',
    fault: 'ioredis sends again what the lost connection did not answer',
    killedBy: ['OUTAGE-04', 'OUTAGE-10'],
    mutate: (_, bare) =>
      over(bare({ maxRetriesPerRequest: null, autoResendUnfulfilledCommands: true })),
  },
  {
    id: 'redis-loads-its-script-once',
    fault: 'the script of the fill is sent once, and never again when the server has lost it',
    killedBy: ['OUTAGE-21'],
    mutate(_, bare) {
      const state = { isLoaded: false };
      return overCommands(bare(), 'EVAL', async (send, args) => {
        if (state.isLoaded)
          throw Object.assign(new Error('NOSCRIPT No matching script'), { name: 'ReplyError' });
        state.isLoaded = true;
        return send('EVAL', ...args);
      });
    },
  },
  {
    id: 'redis-errors-are-misses',
    fault: 'get() takes an error for a miss',
    killedBy: ['OUTAGE-02'],
    mutate: (adapter) => ({
      get: (key: string) => adapter.get(key).catch(() => undefined),
    }),
  },
  {
    id: 'redis-swallows-delete-errors',
    fault: 'delete() takes an error for "nothing was there"',
    killedBy: ['OUTAGE-08'],
    mutate: (adapter) => ({ delete: (key: string) => adapter.delete(key).catch(() => false) }),
  },
  {
    id: 'redis-ping-always-ok',
    fault: 'ping() asks nobody',
    killedBy: ['OUTAGE-01', 'OUTAGE-09', 'LIFECYCLE-03'],
    mutate: () => ({ ping: async () => {} }),
  },
  {
    id: 'redis-recycle-does-nothing',
    fault: 'recycle() leaves the connection as it is',
    killedBy: ['OUTAGE-11'],
    mutate: () => ({ recycle() {} }),
  },
  {
    id: 'redis-recycle-leaks',
    fault: 'recycle() leaves one more connection open',
    killedBy: ['OUTAGE-17'],
    mutate: (adapter, bare) => ({
      recycle() {
        adapter.recycle();
        bare()
          .call('PING')
          .catch(() => {});
      },
    }),
  },
  {
    id: 'redis-close-leaves-it-open',
    fault: 'close() leaves the connection open',
    killedBy: ['LIFECYCLE-03', 'LIFECYCLE-08'],
    mutate: () => ({ close: async () => {} }),
  },
  {
    id: 'redis-password-in-errors',
    fault: 'errors of ioredis come as they are, with the arguments of AUTH',
    killedBy: ['OUTAGE-19'],
    mutate(_, bare) {
      const client = bare({ maxRetriesPerRequest: 0 });
      return { get: (key: string) => client.call('GET', key) };
    },
  },
];
