import { CacheError } from '@tasker-cache/core/adapter';
import { limits } from './correct-adapter.ts';
import { force, type Mutant, turn } from './mutant.ts';

/** Faults of many operations at once. */
export const concurrencyMutants: readonly Mutant[] = [
  {
    id: 'answers-slip',
    fault: 'of two reads in flight, the later one gets the answer of the earlier one',
    killedBy: ['CONCURRENCY-01', 'CONCURRENCY-06'],
    mutate(adapter) {
      const flying: Promise<string | undefined>[] = [];
      return {
        async get(key: string) {
          const answer = adapter.get(key);
          flying.push(answer);
          await turn();
          return answer.finally(() => flying.shift()).then(() => flying[0] ?? answer);
        },
      };
    },
  },
  {
    id: 'ping-disturbs',
    fault: 'what is deleted while a ping is pending is reported as absent',
    killedBy: ['CONCURRENCY-02'],
    mutate(adapter) {
      const state = { pings: 0 };
      return {
        ping() {
          state.pings += 1;
          return adapter.ping().finally(() => (state.pings -= 1));
        },
        async delete(key: string) {
          const isDisturbed = state.pings > 0;
          return (await adapter.delete(key)) && !isDisturbed;
        },
      };
    },
  },
  {
    id: 'refusal-takes-a-place',
    fault: 'the read after a refused one gets no value',
    killedBy: ['CONCURRENCY-03'],
    mutate(adapter) {
      const state = { skips: 0 };
      return {
        async get(key: string) {
          if (key === '') state.skips += 1;
          else if (state.skips > 0 && key.length <= limits.maxKeyBytes) state.skips -= 1;
          else return adapter.get(key);
          return adapter.get(key).then(() => undefined);
        },
      };
    },
  },
  {
    id: 'writes-in-halves',
    fault: 'a value is written in two halves',
    killedBy: ['CONCURRENCY-04'],
    mutate: (adapter, store) => ({
      async set(key: string, value: string, ttlMs: number) {
        const half = value?.length / 2;
        await adapter.set(key, value, ttlMs);
        if (!(half > 1)) return;
        force(store, key, value.slice(0, half), ttlMs);
        await turn();
        force(store, key, `${store.get(key)?.text}${value.slice(half)}`, ttlMs);
      },
    }),
  },
  {
    id: 'writes-behind',
    fault: 'set() resolves before others can see the value',
    killedBy: ['CONCURRENCY-05'],
    mutate(adapter) {
      const late = new Map<string, string>();
      return {
        async set(key: string, value: string, ttlMs: number) {
          await adapter.get(key);
          late.set(key, value);
          setTimeout(() => adapter.set(key, value, ttlMs).catch(() => {}), 30);
        },
        get: async (key: string) => (await adapter.get(key)) ?? late.get(key),
      };
    },
  },
  {
    id: 'remembers-misses',
    fault: 'a miss is remembered, and answered from then on',
    killedBy: ['CONCURRENCY-05'],
    mutate(adapter) {
      const misses = new Set<string>();
      return {
        async get(key: string) {
          const value = misses.has(key) ? undefined : await adapter.get(key);
          if (value === undefined) misses.add(key);
          return value;
        },
        set: (key: string, value: string, ttlMs: number) =>
          adapter.set(key, value, ttlMs).then(() => void misses.delete(key)),
      };
    },
  },
  {
    id: 'cuts-under-load',
    fault: 'a long value is cut when others are read at the same time',
    killedBy: ['CONCURRENCY-06'],
    mutate(adapter) {
      const state = { reads: 0 };
      return {
        async get(key: string) {
          state.reads += 1;
          const value = await adapter.get(key).finally(() => (state.reads -= 1));
          return state.reads > 2 ? value?.slice(0, 65_536) : value;
        },
      };
    },
  },
  {
    id: 'short-queue',
    fault: 'of more than 1000 operations in flight, the rest is forgotten',
    killedBy: ['CONCURRENCY-07'],
    mutate(adapter) {
      const state = { reads: 0 };
      return {
        get(key: string) {
          if (state.reads >= 1000) return new Promise(() => {});
          state.reads += 1;
          return adapter.get(key).finally(() => (state.reads -= 1));
        },
      };
    },
  },
  {
    id: 'no-queue-before-the-connection',
    fault: 'until the first operation has ended, others are rejected',
    killedBy: ['CONCURRENCY-08'],
    mutate(adapter) {
      const state = { isConnecting: false, isConnected: false };
      return {
        async set(key: string, value: string, ttlMs: number) {
          if (state.isConnecting && !state.isConnected)
            throw new CacheError('CACHE_UNAVAILABLE', 'not connected');
          state.isConnecting = true;
          await adapter.set(key, value, ttlMs);
          state.isConnected = true;
        },
      };
    },
  },
];
