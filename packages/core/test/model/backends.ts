import { type CacheAdapter, LEASE_MARKER, type Lease } from '../../src/authors.ts';
import type { Connection } from './connection.ts';
import { leaseFrom, type ModelStore, valueFrom } from './store.ts';

/** How the adapter of one process speaks to the server that all share. */
export interface Backend {
  /** The server numbers its items, as memcached does. */
  readonly numbersItems?: boolean;
  /** The store is in the process, and answers within the call. */
  readonly isInProcess?: boolean;
  create(store: ModelStore, connection: Connection): CacheAdapter;
}

const leaseWords = (lease: Lease): string =>
  lease.state === 'held' ? `held, ${lease.token}` : lease.state === 'hit' ? lease.value : 'granted';

/** GET, SET, DEL and PING, each one step. */
export function plainAdapter(store: ModelStore, connection: Connection): CacheAdapter {
  return {
    name: 'model',
    scope: 'shared',
    limits: { ttlResolutionMs: 1, maxKeyBytes: 200, maxValueBytes: 1000 },
    get: (key) =>
      connection.send({
        name: 'GET',
        apply: () => valueFrom(store.read(key)),
        describe: (text) => text ?? 'a miss',
      }),
    set: (key, value) =>
      connection.send({
        name: 'SET',
        detail: value,
        changesStore: true,
        apply: () => store.write(key, value),
        describe: () => 'done',
      }),
    delete: (key) =>
      connection.send({
        name: 'DEL',
        changesStore: true,
        apply: () => store.remove(key),
        describe: () => 'done',
      }),
    ping: () => connection.send({ name: 'PING', apply: () => {}, describe: () => 'done' }),
    deletePrefix: (prefix) =>
      connection.send({
        name: 'DELPREFIX',
        changesStore: true,
        apply: () =>
          [...store.items.keys()].filter((key) => key.startsWith(prefix) && store.remove(key))
            .length,
        describe: () => 'done',
      }),
    close: async () => connection.drop(),
    recycle: () => connection.drop(),
  };
}

/** GET, SET and DEL alone: cache-aside as it is usually written. */
export const withoutLeases: Backend = { create: plainAdapter };

/** The contract's lease: one key, one atomic step each, as Redis does it. */
export const leaseInKey: Backend = {
  create: (store, connection) => ({
    ...plainAdapter(store, connection),
    lease: (key, token) =>
      connection.send({
        name: 'LEASE',
        token,
        changesStore: true,
        apply: () => store.lease(key, token),
        describe: leaseWords,
      }),
    fill: (key, token, value) =>
      connection.send({
        name: 'FILL',
        detail: `${token} ${value}`,
        changesStore: true,
        apply: () => store.fill(key, token, value),
        describe: (filled) => (filled ? 'stored' : 'refused'),
      }),
  }),
};

/** Any backend, but as one in the process itself. */
export function inProcess(backend: Backend): Backend {
  return {
    ...backend,
    isInProcess: true,
    create: (store, connection) => ({ ...backend.create(store, connection), scope: 'process' }),
  };
}

/** Any backend, but with a token that a client makes once instead of for each lease. */
export function oneTokenPerClient(backend: Backend): Backend {
  return {
    ...backend,
    create: (store, connection) => {
      const adapter = backend.create(store, connection);
      const own = `client-${connection.process}`;
      const { lease, fill } = adapter;
      if (lease === undefined || fill === undefined) return adapter;
      return {
        ...adapter,
        lease: (key, _token, leaseMs) => lease(key, own, leaseMs),
        fill: (key, _token, value, ttlMs) => fill(key, own, value, ttlMs),
      };
    },
  };
}

/** The marker under a key of its own; our own DEL removes both in one step. */
export const separateLeaseKey: Backend = {
  create: (store, connection) => {
    const leaseKey = (key: string) => `lease:${key}`;
    return {
      ...plainAdapter(store, connection),
      delete: (key) =>
        connection.send({
          name: 'DEL',
          changesStore: true,
          apply: () => {
            store.remove(leaseKey(key));
            return store.remove(key);
          },
          describe: () => 'done',
        }),
      lease: (key, token) =>
        connection.send({
          name: 'LEASE',
          token,
          changesStore: true,
          apply: () => {
            const found = store.read(key);
            return found === undefined ? store.lease(leaseKey(key), token) : leaseFrom(found.text);
          },
          describe: leaseWords,
        }),
      fill: (key, token, value) =>
        connection.send({
          name: 'FILL',
          detail: `${token} ${value}`,
          changesStore: true,
          apply: () => {
            if (store.read(leaseKey(key))?.text !== LEASE_MARKER + token) return false;
            store.remove(leaseKey(key));
            store.write(key, value);
            return true;
          },
          describe: (filled) => (filled ? 'stored' : 'refused'),
        }),
    };
  },
};
