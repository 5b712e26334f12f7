import type { CacheAdapter } from './adapter.ts';
import { checkKey, checkTtlMs, checkValue, refuse } from './checks.ts';

/** Stores nothing: reads miss, writes succeed. What core falls back to. */
export function noopAdapter(): CacheAdapter {
  let isClosed = false;
  const checkOpen = (operation: string) => {
    if (isClosed) refuse(adapter, operation, 'CACHE_CLOSED', 'it was closed');
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
