import { LEASE_MARKER } from '@tasker-cache/core/adapter';
import { limits } from './correct-adapter.ts';
import { force, isMarker, type Mutant, roundedUp, textUnder, turn } from './mutant.ts';

type Text = string;

/** Faults of lease(). */
export const leaseMutants: readonly Mutant[] = [
  {
    id: 'never-granted',
    fault: 'lease() reports a holder, always',
    killedBy: ['LEASE-01'],
    mutate: (adapter) => ({
      async lease(key: Text, token: Text, leaseMs: number) {
        const lease = await adapter.lease(key, token, leaseMs);
        return lease.state === 'granted' ? { state: 'held', token } : lease;
      },
    }),
  },
  {
    id: 'lease-in-two-steps',
    fault: 'lease() looks first, and writes afterwards',
    killedBy: ['LEASE-02', 'LEASE-18'],
    mutate: (adapter, store) => ({
      async lease(key: Text, token: Text, leaseMs: number) {
        await adapter.get(key);
        if (textUnder(store, key) !== undefined) return adapter.lease(key, token, leaseMs);
        await turn();
        force(store, key, LEASE_MARKER + token, roundedUp(leaseMs));
        return { state: 'granted' };
      },
    }),
  },
  {
    id: 'one-token-per-client',
    fault: "the client's own token is used for every lease",
    killedBy: ['LEASE-03', 'LEASE-13'],
    mutate: (adapter) => ({
      lease: (key: Text, _: Text, leaseMs: number) => adapter.lease(key, 'client', leaseMs),
      fill: (key: Text, _: Text, value: Text, ttlMs: number) =>
        adapter.fill(key, 'client', value, ttlMs),
    }),
  },
  {
    id: 'lease-over-values',
    fault: 'lease() is granted over a value',
    killedBy: ['LEASE-04'],
    mutate: (adapter, store) => ({
      async lease(key: Text, token: Text, leaseMs: number) {
        if (!isMarker(store.get(key)?.text)) store.delete(key);
        return adapter.lease(key, token, leaseMs);
      },
    }),
  },
  {
    id: 'lease-over-empty-values',
    fault: 'lease() takes an empty value for absent',
    killedBy: ['LEASE-04'],
    mutate: (adapter, store) => ({
      async lease(key: Text, token: Text, leaseMs: number) {
        if (store.get(key)?.text === '') store.delete(key);
        return adapter.lease(key, token, leaseMs);
      },
    }),
  },
  {
    id: 'shows-markers',
    fault: 'get() returns the lease marker',
    killedBy: ['LEASE-05'],
    mutate: (adapter, store) => ({
      get: async (key: Text) => (await adapter.get(key)) ?? textUnder(store, key),
    }),
  },
  {
    id: 'lease-never-ends',
    fault: 'the marker has no TTL',
    killedBy: ['LEASE-14'],
    mutate: (adapter) => ({
      lease: (key: Text, token: Text, leaseMs: number) =>
        adapter.lease(key, token, leaseMs > 0 ? 86_400_000 : leaseMs),
    }),
  },
  {
    id: 'lease-ends-early',
    fault: 'the marker has half of its TTL',
    killedBy: ['LEASE-15'],
    mutate: (adapter) => ({
      lease: (key: Text, token: Text, leaseMs: number) => adapter.lease(key, token, leaseMs / 2),
    }),
  },
  {
    id: 'short-lease-is-forever',
    fault: 'a lease below the resolution rounds to 0, which means forever',
    killedBy: ['LEASE-15'],
    mutate: (adapter) => ({
      lease: (key: Text, token: Text, leaseMs: number) =>
        adapter.lease(key, token, leaseMs > 0 && leaseMs < limits.ttlResolutionMs ? 1e9 : leaseMs),
    }),
  },
  {
    id: 'cuts-tokens',
    fault: 'tokens are cut at 32 characters',
    killedBy: ['LEASE-20'],
    mutate: (adapter) => ({
      lease: (key: Text, token: Text, leaseMs: number) =>
        adapter.lease(key, `${token}`.slice(0, 32), leaseMs),
      fill: (key: Text, token: Text, value: Text, ttlMs: number) =>
        adapter.fill(key, `${token}`.slice(0, 32), value, ttlMs),
    }),
  },
  {
    id: 'waiting-extends',
    fault: 'a lease() that is not granted extends the life of what is there',
    killedBy: ['LEASE-22'],
    mutate: (adapter, store) => ({
      async lease(key: Text, token: Text, leaseMs: number) {
        const there = textUnder(store, key);
        const lease = await adapter.lease(key, token, leaseMs);
        if (lease.state !== 'granted' && there !== undefined)
          force(store, key, there, roundedUp(leaseMs));
        return lease;
      },
    }),
  },
  {
    id: 'leases-once',
    fault: 'a key that was leased once is reported as held from then on',
    killedBy: ['LEASE-23', 'DELETE-04'],
    mutate(adapter) {
      const seen = new Map<Text, Text>();
      return {
        async lease(key: Text, token: Text, leaseMs: number) {
          const lease = await adapter.lease(key, token, leaseMs);
          const first = seen.get(key) ?? token;
          seen.set(key, first);
          return lease.state === 'granted' && first !== token
            ? { state: 'held', token: first }
            : lease;
        },
      };
    },
  },
];
