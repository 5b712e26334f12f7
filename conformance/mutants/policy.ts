import { CacheError, LEASE_MARKER } from '@tasker-cache/core/adapter';
import { correctAdapter, limits } from './correct-adapter.ts';
import type { Mutant } from './mutant.ts';

/** Faults of what an adapter says about itself, and of its errors. */
export const policyMutants: readonly Mutant[] = [
  {
    id: 'has-no-name',
    fault: 'the name is a sentence',
    killedBy: ['POLICY-01'],
    mutate: () => ({ name: 'My Cache' }),
  },
  {
    id: 'unknown-scope',
    fault: "the scope is 'global'",
    killedBy: ['POLICY-02'],
    mutate: () => ({ scope: 'global' }),
  },
  {
    id: 'no-limit',
    fault: 'a limit is NaN',
    killedBy: ['POLICY-03'],
    mutate: () => ({ limits: { ...limits, ttlResolutionMs: 0.5 } }),
  },
  {
    id: 'limits-drift',
    fault: 'a limit changes with the first write',
    killedBy: ['POLICY-04'],
    mutate(adapter) {
      const own = { ...limits };
      const set = (key: string, value: string, ttlMs: number) => {
        own.maxKeyBytes -= 1;
        return adapter.set(key, value, ttlMs);
      };
      return { limits: own, set };
    },
  },
  {
    id: 'method-is-null',
    fault: 'an operation that it cannot do is null',
    killedBy: ['POLICY-05'],
    mutate: () => ({ recycle: null }),
  },
  {
    id: 'lease-without-fill',
    fault: 'there is a lease(), and no fill()',
    killedBy: ['POLICY-06'],
    mutate: () => ({ fill: undefined }),
  },
  {
    id: 'pretends-to-share',
    fault: "the scope is 'shared', and each instance has its own store",
    killedBy: ['POLICY-07'],
    mutate: () => correctAdapter(),
  },
  {
    id: 'pretends-to-store-nothing',
    fault: "the scope is 'none', and values are stored",
    killedBy: ['POLICY-07'],
    mutate: () => ({ scope: 'none' }),
  },
  {
    id: 'mistakes-are-outages',
    fault: 'a refused key counts as an outage',
    killedBy: ['POLICY-08'],
    mutate: (adapter) => ({
      get: (key: string) =>
        adapter.get(key).catch(() => {
          throw new CacheError('CACHE_UNAVAILABLE', 'not connected');
        }),
    }),
  },
  {
    id: 'errors-without-names',
    fault: 'errors do not say which adapter and operation',
    killedBy: ['POLICY-09'],
    mutate: (adapter) => ({
      get: (key: string) =>
        adapter.get(key).catch((error) => {
          throw new CacheError(error.code, error.message);
        }),
    }),
  },
  {
    id: 'repeats-values',
    fault: 'an error holds the value that was refused',
    killedBy: ['POLICY-10'],
    mutate: (adapter) => ({
      set: (key: string, value: string, ttlMs: number) =>
        adapter.set(key, value, ttlMs).catch((error) => {
          throw Object.assign(error, { command: { name: 'set', args: [key, value] } });
        }),
    }),
  },
  {
    id: 'marker-in-errors',
    fault: 'the message of a refused fill() holds the value',
    killedBy: ['POLICY-10'],
    mutate: (adapter) => ({
      fill: async (key: string, token: string, value: string, ttlMs: number) => {
        if (!value?.startsWith?.(LEASE_MARKER)) return adapter.fill(key, token, value, ttlMs);
        throw new CacheError('CACHE_VALUE_INVALID', `'${value}' starts with the marker`);
      },
    }),
  },
];
