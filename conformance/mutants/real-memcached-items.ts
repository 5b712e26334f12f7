import { CacheError, checkKey, LEASE_MARKER } from '@tasker-cache/core/adapter';
import type { RealMutant } from './real.ts';
import { type MemcachedClient, seconds } from './real-memcached.ts';

/** Faults about what memcached stores, and for how long. */
export const memcachedItemMutants: readonly RealMutant<MemcachedClient>[] = [
  {
    id: 'memcached-ms-for-seconds',
    fault: 'the TTL is sent in milliseconds, and read in seconds',
    killedBy: ['EXPIRY-01', 'EXPIRY-10'],
    mutate(_, bare) {
      const client = bare();
      return {
        set: (key: string, value: string, ttlMs: number) =>
          client.set(key, value, { expires: Math.ceil(ttlMs) }),
      };
    },
  },
  {
    id: 'memcached-past-30-days',
    fault: 'more than 30 days are sent as seconds, which memcached reads as a Unix time',
    killedBy: ['EXPIRY-07'],
    mutate(_, bare) {
      const client = bare();
      return {
        set: (key: string, value: string, ttlMs: number) =>
          client.set(key, value, { expires: seconds(ttlMs) }),
      };
    },
  },
  {
    id: 'memcached-rounds-down',
    fault: 'the TTL is cut to whole seconds, and 0 of them mean forever',
    killedBy: ['EXPIRY-04'],
    mutate(_, bare) {
      const client = bare();
      return {
        set: (key: string, value: string, ttlMs: number) =>
          client.set(key, value, { expires: Math.floor(ttlMs / 1000) }),
      };
    },
  },
  {
    id: 'memcached-fill-rounds-down',
    fault: 'a fill of less than a second is stored forever',
    killedBy: ['LEASE-16'],
    mutate(adapter, bare) {
      const client = bare();
      return {
        async fill(key: string, token: string, value: string, ttlMs: number) {
          const isFilled = await adapter.fill(key, token, value, ttlMs);
          if (isFilled) await client.touch(key, Math.floor(ttlMs / 1000));
          return isFilled;
        },
      };
    },
  },
  {
    id: 'memcached-touches',
    fault: 'each read gives the value another minute',
    killedBy: ['EXPIRY-11'],
    mutate(adapter, bare) {
      const client = bare();
      return {
        async get(key: string) {
          await client.touch(key, 60);
          return adapter.get(key);
        },
      };
    },
  },
  {
    id: 'memcached-adds',
    fault: 'set() is an add: what is there stays',
    killedBy: ['RW-03', 'LEASE-10'],
    mutate(_, bare) {
      const client = bare();
      return {
        set: (key: string, value: string, ttlMs: number) =>
          client.add(key, value, { expires: seconds(ttlMs) }).then(() => {}),
      };
    },
  },
  {
    id: 'memcached-latin1',
    fault: 'the bytes of an item are read as latin1',
    killedBy: ['RW-07', 'RW-15'],
    mutate(_, bare) {
      const client = bare();
      return {
        get: async (key: string) => (await client.get(key)).value?.toString('latin1'),
      };
    },
  },
  {
    id: 'memcached-drops-large-values',
    fault: 'a value that is too large is dropped in silence',
    killedBy: ['LIMITS-06'],
    mutate: (adapter) => ({
      set: (key: string, value: string, ttlMs: number) =>
        adapter.set(key, value, ttlMs).catch((error: CacheError) => {
          if (error.code !== 'CACHE_VALUE_TOO_LARGE') throw error;
        }),
    }),
  },
  {
    id: 'memcached-item-limit',
    fault:
      'the limit for items is stated for values: the server refuses them, and deletes the old one',
    killedBy: ['LIMITS-05', 'LIMITS-06'],
    mutate({ name, limits }, bare) {
      const client = bare();
      return {
        limits: { ...limits, maxValueBytes: 1024 * 1024 },
        set: (key: string, value: string, ttlMs: number) =>
          client.set(key, value, { expires: seconds(ttlMs) }).catch(() => {
            const about = { adapter: name, operation: 'set' };
            throw new CacheError('CACHE_VALUE_TOO_LARGE', 'The server refused it', about);
          }),
      };
    },
  },
  {
    id: 'memcached-cuts-keys',
    fault: 'a key is cut after 250 characters',
    killedBy: ['LIMITS-02'],
    mutate: (adapter) => ({
      get: (key: string) => adapter.get(`${key}`.slice(0, 250)),
      set: (key: string, value: string, ttlMs: number) =>
        adapter.set(`${key}`.slice(0, 250), value, ttlMs),
    }),
  },
  {
    id: 'memcached-marker-is-a-value',
    fault: 'get() hands out the marker of a lease',
    killedBy: ['LEASE-05'],
    mutate(_, bare) {
      const client = bare();
      return { get: async (key: string) => (await client.get(key)).value?.toString() };
    },
  },
  {
    id: 'memcached-tombstone',
    fault: 'delete() writes an empty item of one second',
    killedBy: ['DELETE-01', 'DELETE-02'],
    mutate(adapter, bare) {
      const client = bare();
      return {
        async delete(key: string) {
          checkKey(adapter, 'delete', key);
          return client.replace(key, '', { expires: 1 });
        },
      };
    },
  },
  {
    id: 'memcached-fill-ignores-token',
    fault: 'the fill is a replace: any item will do',
    killedBy: ['LEASE-07', 'LEASE-10', 'LEASE-12'],
    mutate(_, bare) {
      const client = bare();
      return {
        fill: (key: string, _token: string, value: string, ttlMs: number) =>
          client.replace(key, value, { expires: seconds(ttlMs) }),
      };
    },
  },
  {
    id: 'memcached-fill-without-cas',
    fault: 'the fill looks at the marker, and then sets without its CAS id',
    killedBy: ['LEASE-17', 'LEASE-19'],
    mutate(_, bare) {
      const client = bare();
      return {
        async fill(key: string, token: string, value: string, ttlMs: number) {
          const { value: present } = await client.get(key);
          if (present?.toString() !== LEASE_MARKER + token) return false;
          return client.set(key, value, { expires: seconds(ttlMs) });
        },
      };
    },
  },
  {
    id: 'memcached-lease-looks-first',
    fault: 'the lease is a get and a set, not an add',
    killedBy: ['LEASE-02', 'LEASE-18'],
    mutate(adapter, bare) {
      const client = bare();
      return {
        async lease(key: string, token: string, leaseMs: number) {
          if ((await client.get(key)).value !== null) return adapter.lease(key, token, leaseMs);
          await client.set(key, LEASE_MARKER + token, { expires: seconds(leaseMs) });
          return { state: 'granted' };
        },
      };
    },
  },
];
