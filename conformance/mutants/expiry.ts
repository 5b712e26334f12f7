import { CacheError, checkTtlMs } from '@tasker-cache/core/adapter';
import { limits } from './correct-adapter.ts';
import { force, type Mutant, roundedUp, turn, withTtl } from './mutant.ts';

const stepMs = limits.ttlResolutionMs;
const dayMs = 86_400_000;
const check = (ttlMs: number) => checkTtlMs({ name: 'map', limits }, 'set', ttlMs);

/** Faults of TTLs. */
export const expiryMutants: readonly Mutant[] = [
  {
    id: 'ttl-times-1000',
    fault: 'milliseconds are taken for seconds',
    killedBy: ['EXPIRY-01', 'EXPIRY-05'],
    mutate: (adapter) => withTtl(adapter, (ttlMs) => ttlMs * 1000),
  },
  {
    id: 'never-expires',
    fault: 'the TTL is ignored',
    killedBy: ['EXPIRY-01', 'BATCH-10'],
    mutate: (adapter) => withTtl(adapter, (ttlMs) => (ttlMs > 0 ? dayMs : ttlMs)),
  },
  {
    id: 'one-ttl-for-all',
    fault: 'every key gets the TTL of the last write',
    killedBy: ['EXPIRY-12'],
    mutate: (adapter, store) => ({
      async set(key: string, value: string, ttlMs: number) {
        await adapter.set(key, value, ttlMs);
        for (const [other, { text }] of store) force(store, other, text, roundedUp(ttlMs));
      },
    }),
  },
  {
    id: 'expires-early',
    fault: 'half of the TTL',
    killedBy: ['EXPIRY-02'],
    mutate: (adapter) => withTtl(adapter, (ttlMs) => ttlMs / 2),
  },
  {
    id: 'truncates-ttl',
    fault: 'the TTL is rounded down',
    killedBy: ['EXPIRY-03'],
    mutate: (adapter) =>
      withTtl(adapter, (ttlMs) => (ttlMs > stepMs ? Math.floor(ttlMs / stepMs) * stepMs : ttlMs)),
  },
  {
    id: 'short-ttl-is-forever',
    fault: 'a TTL below the resolution rounds to 0, which means forever',
    killedBy: ['EXPIRY-04'],
    mutate: (adapter) => withTtl(adapter, (ttlMs) => (ttlMs > 0 && ttlMs < stepMs ? dayMs : ttlMs)),
  },
  {
    id: 'short-ttl-is-nothing',
    fault: 'a TTL below the resolution rounds to 0, which means now',
    killedBy: ['EXPIRY-04'],
    mutate: (adapter) => ({
      async set(key: string, value: string, ttlMs: number) {
        await adapter.set(key, value, ttlMs);
        if (ttlMs < stepMs) await adapter.delete(key);
      },
    }),
  },
  {
    id: 'whole-numbers-alone',
    fault: 'a fractional TTL is refused by the server',
    killedBy: ['EXPIRY-05'],
    mutate: (adapter) => ({
      async set(key: string, value: string, ttlMs: number) {
        if (ttlMs % 1 > 0) throw new CacheError('CACHE_REFUSED', 'value is not an integer');
        await adapter.set(key, value, ttlMs);
      },
    }),
  },
  {
    id: 'timer-overflow',
    fault: 'a TTL above 2^31 ms ends at once, as timers do',
    killedBy: ['EXPIRY-06', 'EXPIRY-07'],
    mutate: (adapter) =>
      withTtl(adapter, (ttlMs) => (ttlMs >= 2 ** 31 && ttlMs < Infinity ? 1 : ttlMs)),
  },
  {
    id: 'thirty-days',
    fault: 'a TTL above 30 days is taken for a Unix time, long past',
    killedBy: ['EXPIRY-07'],
    mutate: (adapter) =>
      withTtl(adapter, (ttlMs) => (ttlMs > 30 * dayMs && ttlMs < Infinity ? 1 : ttlMs)),
  },
  {
    id: 'ttl-as-date',
    fault: 'a TTL that no date can hold ends in a RangeError',
    killedBy: ['EXPIRY-08'],
    mutate: (adapter) => ({
      async set(key: string, value: string, ttlMs: number) {
        check(ttlMs);
        new Date(Date.now() + ttlMs).toISOString();
        await adapter.set(key, value, ttlMs);
      },
    }),
  },
  {
    id: 'huge-ttl-is-dropped',
    fault: 'a value with a huge TTL is acknowledged, and not stored',
    killedBy: ['EXPIRY-08'],
    mutate: (adapter) => ({
      set: async (key: string, value: string, ttlMs: number) =>
        ttlMs > 1e15 && ttlMs < Infinity ? undefined : adapter.set(key, value, ttlMs),
    }),
  },
  {
    id: 'keeps-first-ttl',
    fault: 'overwriting keeps the end that the old value had',
    killedBy: ['EXPIRY-09', 'EXPIRY-10'],
    mutate: (adapter, store) => ({
      async set(key: string, value: string, ttlMs: number) {
        const isThere = (await adapter.get(key)) !== undefined;
        const expiresAt = store.get(key)?.expiresAt ?? 0;
        await adapter.set(key, value, ttlMs);
        if (isThere) force(store, key, value, expiresAt - performance.now());
      },
    }),
  },
  {
    id: 'stale-timer',
    fault: 'the timer of an overwritten or deleted value goes on',
    killedBy: ['EXPIRY-09', 'DELETE-07'],
    mutate: (adapter, store) => ({
      async set(key: string, value: string, ttlMs: number) {
        await adapter.set(key, value, ttlMs);
        if (ttlMs < 10_000) setTimeout(() => store.delete(key), roundedUp(ttlMs));
      },
    }),
  },
  {
    id: 'skips-equal-writes',
    fault: 'a value that is there already is not written again, and keeps its TTL',
    killedBy: ['EXPIRY-09'],
    mutate: (adapter) => ({
      async set(key: string, value: string, ttlMs: number) {
        const there = await adapter.get(key);
        if (there === undefined || there !== value) await adapter.set(key, value, ttlMs);
      },
    }),
  },
  {
    id: 'longest-ttl-wins',
    fault: 'overwriting never shortens a life',
    killedBy: ['EXPIRY-10'],
    mutate: (adapter, store) => ({
      async set(key: string, value: string, ttlMs: number) {
        const before = store.get(key)?.expiresAt ?? 0;
        await adapter.set(key, value, ttlMs);
        const after = store.get(key)?.expiresAt ?? 0;
        if (before > after) force(store, key, value, before - performance.now());
      },
    }),
  },
  {
    id: 'sliding-ttl',
    fault: 'reading extends the life',
    killedBy: ['EXPIRY-11'],
    mutate: (adapter, store) => ({
      async get(key: string) {
        const value = await adapter.get(key);
        if (value !== undefined) force(store, key, value, 500);
        return value;
      },
    }),
  },
  {
    id: 'takes-zero-for-forever',
    fault: 'a TTL of 0 or Infinity means forever',
    killedBy: ['EXPIRY-13'],
    mutate: (adapter) =>
      withTtl(adapter, (ttlMs) => (ttlMs === 0 || ttlMs === Infinity ? dayMs : ttlMs)),
  },
  {
    id: 'converts-ttl',
    fault: "a TTL of '60000' is taken for a number",
    killedBy: ['EXPIRY-13'],
    mutate: (adapter) => withTtl(adapter, Number),
  },
  {
    id: 'expired-still-counts',
    fault: 'delete() says that an expired key was there',
    killedBy: ['EXPIRY-14'],
    mutate: (adapter, store) => ({
      async delete(key: string) {
        const isThere = store.has(key);
        return (await adapter.delete(key)) || isThere;
      },
    }),
  },
  {
    id: 'expired-key-is-unusable',
    fault: 'an expired key takes no new value until someone reads it',
    killedBy: ['EXPIRY-14'],
    mutate: (adapter, store) => ({
      async set(key: string, value: string, ttlMs: number) {
        await turn();
        const isExpired = (store.get(key)?.expiresAt ?? Infinity) < performance.now();
        if (!isExpired) await adapter.set(key, value, ttlMs);
      },
    }),
  },
];
