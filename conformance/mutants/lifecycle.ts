import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { CacheError } from '@tasker-cache/core/adapter';
import type { Store } from './correct-adapter.ts';
import { force, type Mutant } from './mutant.ts';

const closedFlags = new WeakMap<Store, { isClosed: boolean }>();

/** Faults of creation, close, recycle, and of errors outside of promises. */
export const lifecycleMutants: readonly Mutant[] = [
  {
    id: 'needs-time-to-start',
    fault: 'operations are rejected for 50 ms after the creation',
    killedBy: ['LIFECYCLE-01'],
    mutate(adapter) {
      const created = performance.now();
      return {
        async ping() {
          if (performance.now() < created + 50)
            throw new CacheError('CACHE_UNAVAILABLE', 'not connected');
          await adapter.ping();
        },
      };
    },
  },
  {
    id: 'closes-once',
    fault: 'the second close() rejects',
    killedBy: ['LIFECYCLE-02'],
    mutate(adapter) {
      const state = { isClosed: false };
      return {
        async close() {
          if (state.isClosed) throw new Error('Connection is closed.');
          state.isClosed = true;
          await adapter.close();
        },
      };
    },
  },
  {
    id: 'close-hangs',
    fault: 'close() never ends',
    killedBy: ['LIFECYCLE-02', 'LIFECYCLE-04'],
    mutate: (adapter) => ({ close: () => adapter.close().then(() => new Promise(() => {})) }),
  },
  {
    id: 'opens-again',
    fault: 'a closed adapter goes on working',
    killedBy: ['LIFECYCLE-03', 'LIFECYCLE-07'],
    mutate: () => ({ close: async () => {} }),
  },
  {
    id: 'hangs-after-close',
    fault: 'operations after close() never settle',
    killedBy: ['LIFECYCLE-03'],
    mutate(adapter) {
      const state = { isClosed: false };
      return {
        get: (key: string) => (state.isClosed ? new Promise(() => {}) : adapter.get(key)),
        close() {
          state.isClosed = true;
          return adapter.close();
        },
      };
    },
  },
  {
    id: 'unused-close-hangs',
    fault: 'close() waits for a connection that was never asked for',
    killedBy: ['LIFECYCLE-04'],
    mutate(adapter) {
      const used = Promise.withResolvers<void>();
      return {
        ping: () => adapter.ping().finally(used.resolve),
        set: (key: string, value: string, ttlMs: number) =>
          adapter.set(key, value, ttlMs).finally(used.resolve),
        get: (key: string) => adapter.get(key).finally(used.resolve),
        close: () => used.promise.then(() => adapter.close()),
      };
    },
  },
  {
    id: 'close-forgets',
    fault: 'what is pending at close() never settles',
    killedBy: ['LIFECYCLE-05'],
    mutate(adapter) {
      const state = { isClosed: false };
      return {
        get(key: string) {
          const wasOpen = !state.isClosed;
          const answer = adapter.get(key);
          return answer.finally(() => (wasOpen && state.isClosed ? new Promise(() => {}) : null));
        },
        close() {
          state.isClosed = true;
          return adapter.close();
        },
      };
    },
  },
  {
    id: 'closes-for-everyone',
    fault: 'close() closes the client that all instances share',
    killedBy: ['LIFECYCLE-06'],
    mutate(adapter, store) {
      const shared = closedFlags.get(store) ?? { isClosed: false };
      closedFlags.set(store, shared);
      return {
        async get(key: string) {
          if (shared.isClosed) throw new CacheError('CACHE_CLOSED', 'closed');
          return adapter.get(key);
        },
        close() {
          shared.isClosed = true;
          return adapter.close();
        },
      };
    },
  },
  {
    id: 'cleans-up-at-close',
    fault: 'close() removes what the instance has written',
    killedBy: ['LIFECYCLE-06'],
    mutate(adapter, store) {
      const own = new Set<string>();
      return {
        set: (key: string, value: string, ttlMs: number) =>
          adapter.set(key, value, ttlMs).then(() => void own.add(key)),
        close() {
          for (const key of own) store.delete(key);
          return adapter.close();
        },
      };
    },
  },
  {
    id: 'writes-after-close',
    fault: 'a set() that close() has rejected is carried out later',
    killedBy: ['LIFECYCLE-07'],
    mutate: (adapter, store) => ({
      set: (key: string, value: string, ttlMs: number) =>
        adapter.set(key, value, ttlMs).catch((error) => {
          if (error.code === 'CACHE_CLOSED') setTimeout(() => force(store, key, value, ttlMs), 50);
          throw error;
        }),
    }),
  },
  {
    id: 'leaves-an-interval',
    fault: 'an interval outlives close()',
    killedBy: ['LIFECYCLE-09'],
    mutate: () => {
      // For the mutants' own sake it ends at last.
      const interval = setInterval(() => {}, 10_000);
      setTimeout(() => clearInterval(interval), 30_000).unref();
      return {};
    },
  },
  {
    id: 'throws-at-once',
    fault: 'a refusal is thrown, not rejected',
    killedBy: ['LIFECYCLE-10'],
    mutate: (adapter) => ({
      get(key: string) {
        if (typeof key !== 'string') throw new CacheError('CACHE_KEY_INVALID', 'no string');
        return adapter.get(key);
      },
    }),
  },
  {
    id: 'rejects-on-the-side',
    fault: 'a refusal leaves a second, unhandled rejection',
    killedBy: ['LIFECYCLE-11'],
    mutate: (adapter) => ({
      get: (key: string) => {
        const answer = adapter.get(key);
        void answer.then(() => {});
        return answer;
      },
    }),
  },
  {
    id: 'emits-errors',
    fault: "a refusal is also an 'error' event that nobody listens to",
    killedBy: ['LIFECYCLE-11'],
    mutate: (adapter) => ({
      delete: (key: string) =>
        adapter.delete(key).catch((error) => {
          setImmediate(() => new EventEmitter().emit('error', error));
          throw error;
        }),
    }),
  },
  {
    id: 'recycle-closes',
    fault: 'recycle() closes the adapter',
    killedBy: ['LIFECYCLE-12'],
    mutate: (adapter) => ({ recycle: () => void adapter.close() }),
  },
  {
    id: 'recycle-empties',
    fault: 'recycle() forgets what is stored',
    killedBy: ['LIFECYCLE-12'],
    mutate: (_, store) => ({ recycle: () => store.clear() }),
  },
  {
    id: 'late-exception',
    fault: 'a timer throws when nobody expects anything anymore',
    killedBy: ['LIFECYCLE-13'],
    mutate: (adapter) => ({
      async ping() {
        await adapter.ping();
        sleep(200).then(() => Promise.reject(new Error('late')));
      },
    }),
  },
];
