import type { CacheAdapter } from './adapter.ts';
import { checkKey, checkTtlMs, checkValue } from './checks.ts';

/** Stores nothing: reads miss, writes succeed. What core falls back to. */
export function noopAdapter(): CacheAdapter {
  const adapter: CacheAdapter = {
    name: 'noop',
    scope: 'none',
    limits: {
      ttlResolutionMs: 1,
      maxKeyBytes: Number.MAX_SAFE_INTEGER,
      maxValueBytes: Number.MAX_SAFE_INTEGER,
    },
    async get(key) {
      checkKey(adapter, 'get', key);
      return undefined;
    },
    async set(key, value, ttlMs) {
      checkKey(adapter, 'set', key);
      checkValue(adapter, 'set', value);
      checkTtlMs(adapter, 'set', ttlMs);
    },
    async delete(key) {
      checkKey(adapter, 'delete', key);
      return false;
    },
    async ping() {},
    async close() {},
  };
  return adapter;
}
