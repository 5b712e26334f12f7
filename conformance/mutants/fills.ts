import { LEASE_MARKER } from '@tasker-cache/core/adapter';
import { limits } from './correct-adapter.ts';
import { force, isMarker, type Mutant, textUnder, turn } from './mutant.ts';

type Text = string;

/** Faults of fill(). */
export const fillMutants: readonly Mutant[] = [
  {
    id: 'never-fills',
    fault: 'fill() is refused, always',
    killedBy: ['LEASE-06'],
    mutate: (adapter) => ({
      fill: (key: Text, _: Text, value: Text, ttlMs: number) => adapter.fill(key, '', value, ttlMs),
    }),
  },
  {
    id: 'ignores-the-token',
    fault: 'fill() replaces any marker',
    killedBy: ['LEASE-07', 'LEASE-13'],
    mutate: (adapter, store) => ({
      fill: (key: Text, token: Text, value: Text, ttlMs: number) =>
        adapter.fill(key, textUnder(store, key)?.slice(LEASE_MARKER.length) ?? token, value, ttlMs),
    }),
  },
  {
    id: 'compares-beginnings',
    fault: 'fill() compares the beginning of the token',
    killedBy: ['LEASE-07'],
    mutate: (adapter, store) => ({
      async fill(key: Text, token: Text, value: Text, ttlMs: number) {
        const marker = textUnder(store, key);
        const isAlike = marker?.startsWith(LEASE_MARKER + token);
        return adapter.fill(
          key,
          isAlike ? (marker?.slice(LEASE_MARKER.length) ?? '') : token,
          value,
          ttlMs,
        );
      },
    }),
  },
  {
    id: 'refusal-releases',
    fault: 'a refused fill() removes the marker of the holder',
    killedBy: ['LEASE-07'],
    mutate: (adapter, store) => ({
      async fill(key: Text, token: Text, value: Text, ttlMs: number) {
        const isDone = await adapter.fill(key, token, value, ttlMs);
        if (!isDone && isMarker(textUnder(store, key))) store.delete(key);
        return isDone;
      },
    }),
  },
  {
    id: 'fill-resurrects',
    fault: 'fill() stores when the marker is gone',
    killedBy: ['LEASE-08', 'LEASE-11', 'PREFIX-06'],
    mutate: (adapter, store) => ({
      async fill(key: Text, token: Text, value: Text, ttlMs: number) {
        if (textUnder(store, key) !== undefined) return adapter.fill(key, token, value, ttlMs);
        await adapter.set(key, value, ttlMs);
        return true;
      },
    }),
  },
  {
    id: 'lease-in-the-client',
    fault: 'the holder remembers its lease, and its own deletes alone',
    killedBy: ['LEASE-09'],
    mutate(adapter, store) {
      const own = new Map<Text, Text>();
      return {
        lease: (key: Text, token: Text, leaseMs: number) =>
          adapter.lease(key, token, leaseMs).finally(() => own.set(key, token)),
        delete: (key: Text) => adapter.delete(key).finally(() => own.delete(key)),
        async fill(key: Text, token: Text, value: Text, ttlMs: number) {
          const isOwn = own.get(key) === token && textUnder(store, key) === undefined;
          if (!isOwn) return adapter.fill(key, token, value, ttlMs);
          return adapter.set(key, value, ttlMs).then(() => own.delete(key));
        },
      };
    },
  },
  {
    id: 'fill-over-values',
    fault: 'fill() overwrites a value that was set meanwhile',
    killedBy: ['LEASE-10', 'LEASE-12'],
    mutate: (adapter, store) => ({
      async fill(key: Text, token: Text, value: Text, ttlMs: number) {
        const there = textUnder(store, key);
        if (there === undefined || isMarker(there)) return adapter.fill(key, token, value, ttlMs);
        await adapter.set(key, value, ttlMs);
        return true;
      },
    }),
  },
  {
    id: 'fill-keeps-the-lease-ttl',
    fault: 'a filled value ends when the lease would have',
    killedBy: ['LEASE-16'],
    mutate: (adapter, store) => ({
      async fill(key: Text, token: Text, value: Text, ttlMs: number) {
        const expiresAt = store.get(key)?.expiresAt ?? 0;
        const isDone = await adapter.fill(key, token, value, ttlMs);
        if (isDone) force(store, key, value, expiresAt - performance.now());
        return isDone;
      },
    }),
  },
  {
    id: 'fill-without-ttl',
    fault: 'a filled value never ends',
    killedBy: ['LEASE-16', 'LEASE-23'],
    mutate: (adapter) => ({
      fill: (key: Text, token: Text, value: Text, ttlMs: number) =>
        adapter.fill(key, token, value, ttlMs > 0 ? 86_400_000 : ttlMs),
    }),
  },
  {
    id: 'short-fill-is-forever',
    fault: "a fill's TTL below the resolution rounds to 0, which means forever",
    killedBy: ['LEASE-16'],
    mutate: (adapter) => ({
      fill: (key: Text, token: Text, value: Text, ttlMs: number) =>
        adapter.fill(key, token, value, ttlMs > 0 && ttlMs < limits.ttlResolutionMs ? 1e9 : ttlMs),
    }),
  },
  {
    id: 'long-fill-is-past',
    fault: "a fill's TTL above 30 days is taken for a Unix time, long past",
    killedBy: ['LEASE-16'],
    mutate: (adapter) => ({
      fill: (key: Text, token: Text, value: Text, ttlMs: number) =>
        adapter.fill(key, token, value, ttlMs > 2_592_000_000 && ttlMs < Infinity ? 1 : ttlMs),
    }),
  },
  {
    id: 'fill-in-two-steps',
    fault: 'fill() looks first, and writes afterwards',
    killedBy: ['LEASE-17', 'LEASE-19'],
    mutate: (adapter, store) => ({
      async fill(key: Text, token: Text, value: Text, ttlMs: number) {
        if (textUnder(store, key) !== LEASE_MARKER + token)
          return adapter.fill(key, token, value, ttlMs);
        await turn();
        await adapter.set(key, value, ttlMs);
        return true;
      },
    }),
  },
  {
    id: 'fill-unchecked',
    fault: 'fill() stores what set() refuses',
    killedBy: ['LEASE-21'],
    mutate: (adapter, store) => ({
      async fill(key: Text, token: Text, value: Text, ttlMs: number) {
        if (store.get(key)?.text !== LEASE_MARKER + token)
          return adapter.fill(key, token, value, ttlMs);
        force(store, key, value, ttlMs);
        return true;
      },
    }),
  },
];
