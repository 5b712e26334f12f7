import {
  type AdapterDefinition,
  type CacheAdapter,
  CacheError,
  checkTtlMs,
  LEASE_MARKER,
  type Logger,
  type Scope,
} from '../src/authors.ts';

type Fault = (operation: string, key: string) => Promise<void> | undefined;

/** A shared store that several adapters, as of several processes, may use. */
export interface Store {
  readonly entries: Map<string, string>;
  readonly calls: string[];
  /** Of each `set`. */
  readonly ttlsMs: number[];
  /** Runs before each operation reaches the store: throw, wait, or return `undefined`. */
  fault: Fault;
}

export function newStore(): Store {
  return { entries: new Map(), calls: [], ttlsMs: [], fault: () => undefined };
}

export const unavailable = async (operation: string): Promise<never> => {
  throw new CacheError('CACHE_UNAVAILABLE', 'connection refused', {
    adapter: 'scripted',
    operation,
  });
};

/** An adapter whose faults a test decides. TTLs are not enforced here: core does not do them. */
export function scriptedAdapter(
  store: Store,
  scope: Scope = 'shared',
): CacheAdapter & { recycled: number } {
  const { entries } = store;
  const reach = async (operation: string, key = '') => {
    store.calls.push(key === '' ? operation : `${operation} ${key}`);
    await (store.fault(operation, key) ?? Promise.resolve());
  };
  const value = (key: string) => {
    const text = entries.get(key);
    return text?.startsWith(LEASE_MARKER) ? undefined : text;
  };
  const adapter = {
    name: 'scripted',
    scope,
    limits: { ttlResolutionMs: 1, maxKeyBytes: 200, maxValueBytes: 4_000_000 },
    recycled: 0,
    async get(key: string) {
      await reach('get', key);
      return value(key);
    },
    async getMany(keys: readonly string[]) {
      await reach('getMany', keys.join(' '));
      return keys.map(value);
    },
    async set(key: string, text: string, ttlMs: number) {
      checkTtlMs(adapter, 'set', ttlMs);
      await reach('set', key);
      store.ttlsMs.push(ttlMs);
      entries.set(key, text);
    },
    async delete(key: string) {
      await reach('delete', key);
      return entries.delete(key);
    },
    async deletePrefix(prefix: string) {
      await reach('deletePrefix', prefix);
      const doomed = [...entries.keys()].filter((key) => key.startsWith(prefix));
      for (const key of doomed) entries.delete(key);
      return doomed.length;
    },
    async lease(key: string, token: string) {
      await reach('lease', key);
      const text = entries.get(key);
      if (text === undefined) {
        entries.set(key, LEASE_MARKER + token);
        return { state: 'granted' } as const;
      }
      if (!text.startsWith(LEASE_MARKER)) return { state: 'hit', value: text } as const;
      return { state: 'held', token: text.slice(LEASE_MARKER.length) } as const;
    },
    async fill(key: string, token: string, text: string) {
      await reach('fill', key);
      if (entries.get(key) !== LEASE_MARKER + token) return false;
      entries.set(key, text);
      return true;
    },
    async ping() {
      await reach('ping');
    },
    async close() {
      await reach('close');
    },
    recycle() {
      adapter.recycled++;
    },
  };
  return adapter;
}

export function define(adapter: CacheAdapter): AdapterDefinition {
  return { name: adapter.name, title: 'Scripted', create: () => adapter };
}

export interface LogLine {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export function recordingLogger(): Logger & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: keyof Logger) => (fields: object, message: string) => {
    lines.push({ level, message, fields: { ...fields } });
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
