import {
  type AdapterDefinition,
  type Cache,
  type CacheAdapter,
  CacheError,
  type Logger,
  openCache,
} from '@tasker-cache/core';
import { memoryAdapter } from '@tasker-cache/memory';

/** A store that several caches of this process share, as processes share a server. */
export interface SharedStore {
  readonly store: ReturnType<typeof memoryAdapter>;
  /** While `true`, every operation fails as with a server that is away. */
  isAway: boolean;
  /** Opens a cache on the store; `without` names optional methods that its adapter lacks. */
  open(logger: Logger, ...without: readonly 'deletePrefix'[]): Promise<Cache>;
}

export function sharedStore(): SharedStore {
  const store = memoryAdapter();
  const shared: SharedStore = {
    store,
    isAway: false,
    open(logger, ...without) {
      const ask = async <T>(operation: () => Promise<T>): Promise<T> => {
        if (shared.isAway) throw new CacheError('CACHE_UNAVAILABLE', 'The store is away');
        return operation();
      };
      const adapter: CacheAdapter = {
        name: 'shared-store',
        scope: 'shared',
        limits: store.limits,
        get: (key) => ask(() => store.get(key)),
        set: (key, value, ttlMs) => ask(() => store.set(key, value, ttlMs)),
        delete: (key) => ask(() => store.delete(key)),
        ping: () => ask(() => store.ping()),
        close: async () => {},
        lease: (key, token, leaseMs) => ask(() => store.lease(key, token, leaseMs)),
        fill: (key, token, value, ttlMs) => ask(() => store.fill(key, token, value, ttlMs)),
        deletePrefix: (prefix) => ask(() => store.deletePrefix(prefix)),
      };
      for (const name of without) delete adapter[name];
      const definition: AdapterDefinition = {
        name: 'shared-store',
        title: 'Shared store',
        create: () => adapter,
      };
      return openCache({ backend: 'shared-store' }, { adapters: [definition], logger });
    },
  };
  return shared;
}
