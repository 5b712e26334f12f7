import { CacheError, LEASE_MARKER } from '@tasker-cache/core/adapter';
import type { Entry, Store } from './correct-adapter.ts';
import { type Mutant, turn } from './mutant.ts';

/** Faults of delete() and deletePrefix(). */
export const deleteMutants: readonly Mutant[] = [
  {
    id: 'swallows-delete',
    fault: 'delete() is acknowledged and does nothing',
    killedBy: ['DELETE-01', 'DELETE-06'],
    mutate: (adapter) => ({
      delete: (key: string) => adapter.get(key).then((value) => value !== undefined),
    }),
  },
  {
    id: 'delete-counts',
    fault: 'delete() resolves to 0 or 1',
    killedBy: ['DELETE-02'],
    mutate: (adapter) => ({ delete: async (key: string) => Number(await adapter.delete(key)) }),
  },
  {
    id: 'delete-always-true',
    fault: 'delete() says that something was there, always',
    killedBy: ['DELETE-02'],
    mutate: (adapter) => ({ delete: (key: string) => adapter.delete(key).then(() => true) }),
  },
  {
    id: 'delete-takes-a-prefix',
    fault: 'delete() removes every key that starts with the key',
    killedBy: ['DELETE-03'],
    mutate: (adapter) => ({
      async delete(key: string) {
        return (await adapter.deletePrefix(key)) > 0;
      },
    }),
  },
  {
    id: 'delete-spares-leases',
    fault: 'delete() does not see lease markers',
    killedBy: ['DELETE-04', 'LEASE-08'],
    mutate: (adapter, store) => ({
      async delete(key: string) {
        const isLease = store.get(key)?.text.startsWith(LEASE_MARKER);
        return isLease ? false : adapter.delete(key);
      },
    }),
  },
  {
    id: 'copy-in-the-client',
    fault: 'each instance keeps what it has read',
    killedBy: ['DELETE-05', 'CONCURRENCY-05'],
    mutate(adapter) {
      const copies = new Map<string, string | undefined>();
      return {
        get: async (key: string) => {
          if (!copies.has(key)) copies.set(key, await adapter.get(key));
          return copies.get(key);
        },
        set: (key: string, value: string, ttlMs: number) =>
          adapter.set(key, value, ttlMs).then(() => void copies.delete(key)),
        delete: (key: string) => adapter.delete(key).finally(() => copies.delete(key)),
      };
    },
  },
  {
    id: 'tombstones',
    fault: 'a deleted key takes no value for a while',
    killedBy: ['DELETE-06'],
    mutate(adapter) {
      const tombstones = new Map<string, number>();
      return {
        delete: (key: string) => adapter.delete(key).finally(() => tombstones.set(key, Date.now())),
        set: async (key: string, value: string, ttlMs: number) =>
          Date.now() - (tombstones.get(key) ?? 0) < 100
            ? undefined
            : adapter.set(key, value, ttlMs),
      };
    },
  },
  {
    id: 'delete-in-two-steps',
    fault: 'delete() looks first, and removes afterwards',
    killedBy: ['DELETE-08'],
    mutate: (adapter, store) => ({
      async delete(key: string) {
        await adapter.get(key);
        const isThere = (store.get(key)?.expiresAt ?? 0) > performance.now();
        await adapter.delete(key);
        return isThere;
      },
    }),
  },
  {
    id: 'flushes',
    fault: 'deletePrefix() empties the store',
    killedBy: ['DELETE-09', 'PREFIX-02'],
    mutate: (adapter, store) => ({
      async deletePrefix(prefix: string) {
        const count = await adapter.deletePrefix(prefix);
        store.clear();
        return count;
      },
    }),
  },
  {
    id: 'prefix-counts-nothing',
    fault: 'deletePrefix() resolves to 0',
    killedBy: ['PREFIX-01'],
    mutate: (adapter) => ({
      deletePrefix: (prefix: string) => adapter.deletePrefix(prefix).then(() => 0),
    }),
  },
  {
    id: 'prefix-anywhere',
    fault: 'the prefix is looked for anywhere in the key',
    killedBy: ['PREFIX-02'],
    mutate: (_, store) => ({
      deletePrefix: removing(store, (key, prefix) => key.includes(prefix)),
    }),
  },
  {
    id: 'prefix-as-glob',
    fault: 'the prefix is a glob',
    killedBy: ['PREFIX-03'],
    mutate: (_, store) => ({
      deletePrefix: removing(store, (key, prefix) => globFor(prefix).test(key)),
    }),
  },
  {
    id: 'prefix-as-regular-expression',
    fault: 'the prefix is a regular expression',
    killedBy: ['PREFIX-03'],
    mutate: (_, store) => ({
      deletePrefix: removing(store, (key, prefix) => pattern(`^${prefix}`).test(key)),
    }),
  },
  {
    id: 'prefix-first-page',
    fault: 'deletePrefix() stops after the first page',
    killedBy: ['PREFIX-04'],
    mutate: (_, store) => ({
      deletePrefix: removing(store, (key, prefix) => key.startsWith(prefix), 1000),
    }),
  },
  {
    id: 'prefix-of-nothing-is-an-error',
    fault: 'deletePrefix() rejects when it finds nothing',
    killedBy: ['PREFIX-05'],
    mutate: (adapter) => ({
      async deletePrefix(prefix: string) {
        const count = await adapter.deletePrefix(prefix);
        if (count === 0)
          throw new CacheError('CACHE_REFUSED', "wrong number of arguments for 'del'");
        return count;
      },
    }),
  },
  {
    id: 'prefix-spares-leases',
    fault: 'deletePrefix() does not see lease markers',
    killedBy: ['PREFIX-06'],
    mutate: (_, store) => ({
      deletePrefix: removing(
        store,
        (key, prefix, { text }) => key.startsWith(prefix) && !text.startsWith(LEASE_MARKER),
      ),
    }),
  },
  {
    id: 'prefix-normalised',
    fault: 'deletePrefix() compares normalised text',
    killedBy: ['PREFIX-07'],
    mutate: (_, store) => ({
      deletePrefix: removing(store, (key, prefix) =>
        key.normalize().startsWith(prefix.normalize()),
      ),
    }),
  },
  {
    id: 'empty-prefix-is-all',
    fault: 'an empty prefix removes every key',
    killedBy: ['PREFIX-08'],
    mutate: (_, store) => ({
      scope: 'process',
      deletePrefix: removing(store, (key, prefix) => key.startsWith(prefix)),
    }),
  },
  {
    id: 'prefix-loses-its-place',
    fault: 'deletePrefix() stops when others write meanwhile',
    killedBy: ['PREFIX-09'],
    mutate(adapter, store) {
      const state = { writes: 0 };
      return {
        async set(key: string, value: string, ttlMs: number) {
          await adapter.set(key, value, ttlMs);
          state.writes += 1;
        },
        async deletePrefix(prefix: string) {
          const before = state.writes;
          const keys = [...store.keys()].filter((key) => key.startsWith(prefix));
          await turn().then(turn);
          const end = state.writes === before ? keys.length : 100;
          return keys.slice(0, end).filter((key) => store.delete(key)).length;
        },
      };
    },
  },
  {
    id: 'prefix-of-own-keys',
    fault: 'deletePrefix() knows the keys of its own instance alone',
    killedBy: ['PREFIX-10'],
    mutate(adapter, store) {
      const own = new Set<string>();
      return {
        set: (key: string, value: string, ttlMs: number) =>
          adapter.set(key, value, ttlMs).then(() => void own.add(key)),
        deletePrefix: removing(store, (key, prefix) => own.has(key) && key.startsWith(prefix)),
      };
    },
  },
];

type Match = (key: string, prefix: string, entry: Entry) => boolean;

function removing(store: Store, matches: Match, limit = Infinity) {
  return async (prefix: string) => {
    await turn();
    const isLive = ({ expiresAt }: Entry) => expiresAt > performance.now();
    const found = [...store].filter(([key, entry]) => isLive(entry) && matches(key, prefix, entry));
    return found.slice(0, limit).filter(([key]) => store.delete(key)).length;
  };
}

function globFor(prefix: string): RegExp {
  const text = prefix
    .replace(/[.+^$(){}|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return pattern(`^${text}`);
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text, 's');
  } catch {
    return /^$/;
  }
}
