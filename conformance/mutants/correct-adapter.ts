import {
  type CacheAdapter,
  CacheError,
  checkKey,
  checkTtlMs,
  checkValue,
  LEASE_MARKER,
  type Lease,
} from '@tasker-cache/core/adapter';

/** A value or a lease marker, as a server would hold it. */
export interface Entry {
  readonly text: string;
  readonly expiresAt: number;
}

export type Store = Map<string, Entry>;
export type FullAdapter = Required<CacheAdapter>;

export const limits: CacheAdapter['limits'] = {
  ttlResolutionMs: 200,
  maxKeyBytes: 250,
  maxValueBytes: 512 * 1024,
};

/** A correct adapter: a map that stands for a server, shared by all adapters that are given it. */
export function correctAdapter(store: Store = new Map()): FullAdapter {
  const self = { name: 'map', limits };
  const state = { isClosed: false };

  /** A turn of the event loop stands for the round trip; what comes after it is one step. */
  async function trip<T>(operation: string, check: () => void, step: () => T): Promise<T> {
    assertOpen(operation);
    check();
    await new Promise(setImmediate);
    assertOpen(operation);
    return step();
  }
  function assertOpen(operation: string): void {
    if (!state.isClosed) return;
    const about = { adapter: self.name, operation };
    throw new CacheError('CACHE_CLOSED', 'The adapter was closed', about);
  }
  const check = (operation: string, key: string, text: string, ttlMs: number) => () => {
    checkKey(self, operation, key);
    checkValue(self, operation, text);
    checkTtlMs(self, operation, ttlMs);
  };
  function read(key: string): string | undefined {
    const entry = store.get(key);
    if (entry && entry.expiresAt > performance.now()) return entry.text;
    store.delete(key);
    return undefined;
  }
  function write(key: string, text: string, ttlMs: number): void {
    const roundedMs = Math.ceil(ttlMs / limits.ttlResolutionMs) * limits.ttlResolutionMs;
    store.set(key, { text, expiresAt: performance.now() + roundedMs });
  }
  function value(key: string): string | undefined {
    const text = read(key);
    return text?.startsWith(LEASE_MARKER) ? undefined : text;
  }
  function remove(key: string): boolean {
    return read(key) !== undefined && store.delete(key);
  }
  function removePrefix(prefix: string): number {
    return [...store.keys()].filter((key) => key.startsWith(prefix) && remove(key)).length;
  }
  function grant(key: string, token: string, leaseMs: number): Lease {
    const text = read(key);
    if (text?.startsWith(LEASE_MARKER))
      return { state: 'held', token: text.slice(LEASE_MARKER.length) };
    if (text !== undefined) return { state: 'hit', value: text };
    write(key, LEASE_MARKER + token, leaseMs);
    return { state: 'granted' };
  }
  function replace(key: string, token: string, text: string, ttlMs: number): boolean {
    const isMine = read(key) === LEASE_MARKER + token;
    if (isMine) write(key, text, ttlMs);
    return isMine;
  }

  const one = <T>(operation: string, step: (key: string) => T) => {
    const run = (key: string) => () => step(key);
    return (key: string) => trip(operation, () => checkKey(self, operation, key), run(key));
  };
  const checkKeys = (keys: readonly string[]) => () => {
    for (const key of keys) checkKey(self, 'getMany', key);
  };
  const nothing = () => {};
  return {
    ...self,
    scope: 'shared',
    get: one('get', value),
    set: (key, text, ttlMs) =>
      trip('set', check('set', key, text, ttlMs), () => write(key, text, ttlMs)),
    delete: one('delete', remove),
    ping: () => trip('ping', nothing, nothing),
    async close() {
      state.isClosed = true;
    },
    getMany: (keys) => trip('getMany', checkKeys(keys), () => keys.map(value)),
    deletePrefix: one('deletePrefix', removePrefix),
    lease: (key, token, leaseMs) =>
      trip('lease', check('lease', key, '', leaseMs), () => grant(key, token, leaseMs)),
    fill: (key, token, text, ttlMs) =>
      trip('fill', check('fill', key, text, ttlMs), () => replace(key, token, text, ttlMs)),
    recycle: nothing,
  };
}
