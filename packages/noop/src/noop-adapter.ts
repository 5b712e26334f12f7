import {
  type CacheAdapter,
  CacheError,
  checkKey,
  checkTtlMs,
  checkValue,
} from '@tasker-cache/core/adapter';

/** Stores nothing: reads miss, writes succeed. Refuses what the contract forbids. */
export function noopAdapter(): CacheAdapter {
  let isClosed = false;
  const checkOpen = (operation: string) => {
    if (!isClosed) return;
    const message = `Adapter 'noop' refused ${operation}(): it was closed`;
    throw new CacheError('CACHE_CLOSED', message, { adapter: 'noop', operation });
  };
  const check = (operation: string, key: string) => {
    checkOpen(operation);
    checkKey(adapter, operation, key);
  };
  const adapter: CacheAdapter = {
    name: 'noop',
    scope: 'none',
    limits: {
      ttlResolutionMs: 1,
      maxKeyBytes: Number.MAX_SAFE_INTEGER,
      maxValueBytes: Number.MAX_SAFE_INTEGER,
    },
    async get(key) {
      check('get', key);
      return undefined;
    },
    async set(key, value, ttlMs) {
      check('set', key);
      checkValue(adapter, 'set', value);
      checkTtlMs(adapter, 'set', ttlMs);
    },
    async delete(key) {
      check('delete', key);
      return false;
    },
    async ping() {
      checkOpen('ping');
    },
    async close() {
      isClosed = true;
    },
  };
  return adapter;
}
