import {
  type CacheAdapter,
  CacheError,
  checkKey,
  checkTtlMs,
  checkValue,
  LEASE_MARKER,
  type Lease,
  type Limits,
  type Scope,
} from '@tasker-cache/core/adapter';
import { failure } from './errors.ts';
import { checkOptions, type SqliteOptions } from './options.ts';
import { Store } from './store.ts';

export type { SqliteOptions };

/** Writes between two removals of what has expired. */
const writesPerTrim = 100;

/**
 * Keeps entries in an SQLite database of this machine; with a file, they outlive the process.
 * Opens the file at the first operation. SQLite works synchronously: an operation blocks the event
 * loop while it runs, and for at most 50 ms while another process writes.
 */
export function sqliteAdapter(options: SqliteOptions = {}): CacheAdapter {
  return new Adapter(checkOptions(options));
}

class Adapter implements CacheAdapter {
  readonly name = 'sqlite';
  readonly scope: Scope = 'process';
  readonly limits: Limits = {
    ttlResolutionMs: 1,
    maxKeyBytes: 1024,
    maxValueBytes: 16 * 1024 ** 2,
  };
  readonly #options: Required<SqliteOptions>;
  #store: Store | undefined;
  #writes = 0;
  #isClosed = false;

  constructor(options: Required<SqliteOptions>) {
    this.#options = options;
  }

  async get(key: string): Promise<string | undefined> {
    this.#check('get', key);
    return storedValue(this.#ask('get', (store) => store.get(key)));
  }

  async getMany(keys: readonly string[]): Promise<(string | undefined)[]> {
    this.#checkOpen('getMany');
    for (const key of keys) checkKey(this, 'getMany', key);
    return this.#ask('getMany', (store) => keys.map((key) => storedValue(store.get(key))));
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    this.#checkWrite('set', key, value, ttlMs);
    this.#write('set', (store) => store.set(key, value, ttlMs));
  }

  async delete(key: string): Promise<boolean> {
    this.#check('delete', key);
    return this.#ask('delete', (store) => store.delete(key));
  }

  async deletePrefix(prefix: string): Promise<number> {
    this.#check('deletePrefix', prefix);
    return this.#ask('deletePrefix', (store) => store.deletePrefix(prefix));
  }

  async lease(key: string, token: string, leaseMs: number): Promise<Lease> {
    this.#check('lease', key);
    checkTtlMs(this, 'lease', leaseMs);
    const marker = LEASE_MARKER + token;
    const text = this.#write('lease', (store) => store.add(key, marker, leaseMs));
    if (text === marker) return { state: 'granted' };
    if (!text.startsWith(LEASE_MARKER)) return { state: 'hit', value: text };
    return { state: 'held', token: text.slice(LEASE_MARKER.length) };
  }

  async fill(key: string, token: string, value: string, ttlMs: number): Promise<boolean> {
    this.#checkWrite('fill', key, value, ttlMs);
    return this.#write('fill', (store) => store.replace(key, LEASE_MARKER + token, value, ttlMs));
  }

  async ping(): Promise<void> {
    this.#checkOpen('ping');
    this.#ask('ping', (store) => store.get('ping'));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#store?.close();
    this.#store = undefined;
  }

  #write<T>(operation: string, call: (store: Store) => T): T {
    return this.#ask(operation, (store) => {
      const result = call(store);
      this.#writes += 1;
      if (this.#writes % writesPerTrim === 0) store.trim(this.#options.maxEntries);
      return result;
    });
  }

  #ask<T>(operation: string, call: (store: Store) => T): T {
    try {
      this.#store ??= new Store(this.#options.path);
      return call(this.#store);
    } catch (cause) {
      throw failure(operation, cause);
    }
  }

  #check(operation: string, key: string): void {
    this.#checkOpen(operation);
    checkKey(this, operation, key);
  }

  #checkWrite(operation: string, key: string, value: string, ttlMs: number): void {
    this.#check(operation, key);
    checkValue(this, operation, value);
    checkTtlMs(this, operation, ttlMs);
  }

  #checkOpen(operation: string): void {
    if (!this.#isClosed) return;
    const message = `Adapter '${this.name}' refused ${operation}(): it was closed`;
    throw new CacheError('CACHE_CLOSED', message, { adapter: this.name, operation });
  }
}

/** A leased key reads as a miss. */
function storedValue(text: string | undefined): string | undefined {
  return text?.startsWith(LEASE_MARKER) ? undefined : text;
}
