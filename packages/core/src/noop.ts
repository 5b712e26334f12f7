import type { CacheAdapter } from './adapter.ts';

const noLimit: number = Number.MAX_SAFE_INTEGER;

/** What core falls back to. A region bypasses it, so its methods are hardly ever called. */
export const noop: CacheAdapter = {
  name: 'noop',
  scope: 'none',
  limits: { ttlResolutionMs: 1, maxKeyBytes: noLimit, maxValueBytes: noLimit },
  get: async () => undefined,
  set: async () => {},
  delete: async () => false,
  ping: async () => {},
  close: async () => {},
};
