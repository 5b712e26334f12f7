import { CacheError, LEASE_MARKER } from '../../src/authors.ts';
import { type Backend, plainAdapter } from './backends.ts';
import type { Connection } from './connection.ts';
import { leaseFrom, type ModelStore } from './store.ts';

/** memcached as our adapter uses it: `fill` reads its marker's CAS id, then stores for that id. */
export const memcachedLike: Backend = {
  numbersItems: true,
  create: (store, connection) => ({
    ...plainAdapter(store, connection),
    lease: async (key, token) => {
      const added = await add(store, connection, key, token);
      return added === undefined ? foundLease(store, connection, key) : { state: 'granted' };
    },
    fill: async (key, token, value) => {
      const { number } = connection;
      const item = await read(store, connection, key, `${token} ${value}`);
      if (item?.text !== LEASE_MARKER + token) return false;
      if (number !== connection.number) throw idGone();
      return compareAndSwap(store, connection, key, item.cas, value);
    },
  }),
};

/**
 * memcached with the CAS id that `add` answered, kept until `fill`. An id that outlives its
 * connection is unsafe: ids start again with the server.
 */
export function memcachedKeepingIds(fate: 'dies' | 'lives on'): Backend {
  return {
    numbersItems: true,
    create: (store, connection) => {
      const ids = new Map<string, { readonly cas: number; readonly number: number }>();
      return {
        ...plainAdapter(store, connection),
        lease: async (key, token) => {
          const { number } = connection;
          const cas = await add(store, connection, key, token);
          if (cas === undefined) return foundLease(store, connection, key);
          ids.set(token, { cas, number });
          return { state: 'granted' };
        },
        fill: async (key, token, value) => {
          const id = ids.get(token);
          if (id === undefined) return false;
          if (fate === 'dies' && id.number !== connection.number) throw idGone();
          return compareAndSwap(store, connection, key, id.cas, value);
        },
      };
    },
  };
}

function add(store: ModelStore, connection: Connection, key: string, token: string) {
  return connection.send({
    name: 'ADD',
    token,
    changesStore: true,
    apply: () => (store.add(key, LEASE_MARKER + token) ? store.read(key)?.cas : undefined),
    describe: (cas) => (cas === undefined ? 'exists' : `granted #${cas}`),
  });
}

function read(store: ModelStore, connection: Connection, key: string, detail = '') {
  return connection.send({
    name: 'GETS',
    detail,
    apply: () => store.read(key),
    describe: (item) => (item === undefined ? 'a miss' : `${item.text} #${item.cas}`),
  });
}

async function foundLease(store: ModelStore, connection: Connection, key: string) {
  const item = await read(store, connection, key);
  if (item !== undefined) return leaseFrom(item.text);
  throw new CacheError('CACHE_REFUSED', 'the key came and went');
}

function compareAndSwap(
  store: ModelStore,
  connection: Connection,
  key: string,
  cas: number,
  value: string,
) {
  return connection.send({
    name: 'CAS',
    detail: `${cas} ${value}`,
    changesStore: true,
    apply: () => store.compareAndSwap(key, cas, value),
    describe: (filled) => (filled ? 'stored' : 'refused'),
  });
}

function idGone(): CacheError {
  return new CacheError('CACHE_UNAVAILABLE', 'the connection of this CAS id is gone');
}
