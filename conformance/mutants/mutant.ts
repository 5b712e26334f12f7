import { type CacheAdapter, LEASE_MARKER } from '@tasker-cache/core/adapter';
import { type FullAdapter, limits, type Store } from './correct-adapter.ts';
import type { Link, TinyAdapter } from './tiny-adapter.ts';

export interface Named {
  readonly id: string;
  /** What it does wrong, in one line. */
  readonly fault: string;
  /** The clauses that name this fault: each of them has to fail. Others may. */
  readonly killedBy: readonly string[];
}

/** A broken adapter over the correct one of this process. */
export interface Mutant extends Named {
  /** The parts that are different. Called once for each instance. */
  mutate(adapter: FullAdapter, store: Store): Partial<Record<keyof CacheAdapter, unknown>>;
}

/** A broken client of the tiny server. */
export interface NetworkMutant extends Named {
  /** Changes a new client in place. */
  mutate(client: TinyAdapter): void;
}

/** One turn of the event loop: what others do, comes in between. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Writes past all checks. */
export function force(store: Store, key: string, text: string, ttlMs = 60_000): void {
  store.set(key, { text, expiresAt: performance.now() + ttlMs });
}

/** What the server holds under the key, the marker of a lease included. */
export function textUnder(store: Store, key: string): string | undefined {
  const entry = store.get(key);
  return entry && entry.expiresAt > performance.now() ? entry.text : undefined;
}

export function isMarker(value: string | undefined): boolean {
  return value?.startsWith(LEASE_MARKER) === true;
}

export function roundedUp(ttlMs: number): number {
  return Math.ceil(ttlMs / limits.ttlResolutionMs) * limits.ttlResolutionMs;
}

/** Every key goes through a function on its way to the store. */
export function withKeys(
  adapter: FullAdapter,
  change: (key: string) => string,
): Partial<FullAdapter> {
  return {
    get: async (key) => adapter.get(change(key)),
    set: async (key, value, ttlMs) => adapter.set(change(key), value, ttlMs),
    delete: async (key) => adapter.delete(change(key)),
    getMany: async (keys) => adapter.getMany(keys.map(change)),
    lease: async (key, token, leaseMs) => adapter.lease(change(key), token, leaseMs),
    fill: async (key, token, value, ttlMs) => adapter.fill(change(key), token, value, ttlMs),
  };
}

/** Every value goes through a function on its way to the store. */
export function withValues(
  adapter: FullAdapter,
  change: (value: string) => string,
): Partial<FullAdapter> {
  return {
    set: async (key, value, ttlMs) => adapter.set(key, change(value), ttlMs),
    fill: async (key, token, value, ttlMs) => adapter.fill(key, token, change(value), ttlMs),
  };
}

/** Every TTL goes through a function on its way to the store. */
export function withTtl(
  adapter: FullAdapter,
  change: (ttlMs: number) => number,
): Partial<FullAdapter> {
  return { set: async (key, value, ttlMs) => adapter.set(key, value, change(ttlMs)) };
}

/** Does more with each new connection. */
export function onConnect(client: TinyAdapter, more: (link: Link) => void): void {
  const connect = client.connect.bind(client);
  client.connect = () => {
    const link = connect();
    more(link);
    return link;
  };
}
