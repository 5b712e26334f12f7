import type { RealMutant } from './real.ts';
import type { MemcachedClient } from './real-memcached.ts';

/** Faults of speaking to a memcached server: keys, batches, connections. */
export const memcachedProtocolMutants: readonly RealMutant<MemcachedClient>[] = [
  {
    id: 'memcached-batch-without-misses',
    fault: 'getMany() answers what the server answers, which is silent about misses',
    killedBy: ['BATCH-01', 'BATCH-04'],
    mutate: (adapter) => ({
      getMany: async (keys: string[]) =>
        (await adapter.getMany(keys)).filter((value) => value !== undefined),
    }),
  },
  {
    id: 'memcached-not-found-is-an-error',
    fault: 'delete() rejects when nothing was there',
    killedBy: ['DELETE-02'],
    mutate: (adapter) => ({
      async delete(key: string) {
        if (await adapter.delete(key)) return true;
        throw new Error('NOT_FOUND');
      },
    }),
  },
  {
    id: 'memcached-flushes',
    fault: 'there is a deletePrefix(), which is flush_all',
    killedBy: ['PREFIX-03', 'DELETE-09'],
    mutate(_, bare) {
      const client = bare();
      return { deletePrefix: () => client.flush().then(() => 2) };
    },
  },
  {
    id: 'memcached-spaces-in-keys',
    fault: 'get() lets keys with spaces and control characters through, all others refuse them',
    killedBy: ['KEYS-03'],
    mutate(_, bare) {
      const client = bare();
      return { get: async (key: string) => (await client.get(key)).value?.toString() };
    },
  },
  {
    id: 'memcached-swallows-delete-errors',
    fault: 'delete() takes an error for "nothing was there"',
    killedBy: ['OUTAGE-08'],
    mutate: (adapter) => ({ delete: (key: string) => adapter.delete(key).catch(() => false) }),
  },
  {
    id: 'memcached-errors-are-misses',
    fault: 'get() takes an error for a miss',
    killedBy: ['OUTAGE-02'],
    mutate: (adapter) => ({ get: (key: string) => adapter.get(key).catch(() => undefined) }),
  },
  {
    id: 'memcached-hangs-on-fin',
    fault: 'memjs 1.3 as it is: what is pending at a FIN never settles',
    killedBy: ['OUTAGE-04'],
    mutate(_, bare) {
      const client = bare();
      return { get: async (key: string) => (await client.get(key)).value?.toString() };
    },
  },
  {
    id: 'memcached-poisoned-buffer',
    fault: 'memjs 1.3 as it is: half a reply stays in its buffer, for the next connection',
    killedBy: ['OUTAGE-05'],
    mutate(_, bare) {
      const client = bare({ timeout: 0.3 });
      return { get: async (key: string) => (await client.get(key)).value?.toString() };
    },
  },
  {
    id: 'memcached-recycle-does-nothing',
    fault: 'recycle() leaves the connection as it is',
    killedBy: ['OUTAGE-11', 'OUTAGE-17'],
    mutate: () => ({ recycle() {} }),
  },
  {
    id: 'memcached-ping-always-ok',
    fault: 'ping() asks nobody',
    killedBy: ['OUTAGE-01', 'OUTAGE-09', 'LIFECYCLE-03'],
    mutate: () => ({ ping: async () => {} }),
  },
  {
    id: 'memcached-close-leaves-it-open',
    fault: 'close() leaves the connection open',
    killedBy: ['LIFECYCLE-03', 'LIFECYCLE-08'],
    mutate: () => ({ close: async () => {} }),
  },
];
