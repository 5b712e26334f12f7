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
import { Store } from './store.ts';

export interface MyBackendOptions {
  /** Where the backend is. */
  readonly url?: string;
}

/**
 * Keeps entries in My Backend. Connects on first use, so creating it never fails because the backend
 * is away. Throws `CACHE_CONFIG_INVALID` for options that make no sense.
 */
export function myBackendAdapter(options: MyBackendOptions = {}): CacheAdapter {
  return new Adapter(options);
}

class Adapter implements CacheAdapter {
  readonly name = 'my-backend';
  // Backend: 'shared' if other processes reach the same entries.
  readonly scope: Scope = 'process';
  // Backend: what it can hold.
  readonly limits: Limits = { ttlResolutionMs: 1, maxKeyBytes: 1024, maxValueBytes: 1024 * 1024 };
  readonly #store: Store;
  #isClosed = false;

  constructor({ url = '' }: MyBackendOptions) {
    if (typeof url !== 'string') {
      throw new CacheError('CACHE_CONFIG_INVALID', "Adapter 'my-backend': url is text");
    }
    // Backend: create its client, with the URL; do not connect yet.
    this.#store = new Store();
  }

  async get(key: string): Promise<string | undefined> {
    this.#check('get', key);
    return storedValue(await this.#ask('get', (store) => store.get(key)));
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    this.#checkWrite('set', key, value, ttlMs);
    await this.#ask('set', (store) => store.set(key, value, ttlMs));
  }

  async delete(key: string): Promise<boolean> {
    this.#check('delete', key);
    return this.#ask('delete', (store) => store.delete(key));
  }

  async ping(): Promise<void> {
    this.#checkOpen('ping');
    // Backend: a command that only a backend in normal service answers.
    await this.#ask('ping', () => undefined);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    // Backend: end its connections and timers; what is pending rejects.
    this.#store.clear();
  }

  // From here on: leave out what the backend cannot do. `lease` and `fill` belong together.

  async getMany(keys: readonly string[]): Promise<(string | undefined)[]> {
    this.#checkOpen('getMany');
    for (const key of keys) checkKey(this, 'getMany', key);
    const texts = await this.#ask('getMany', (store) => keys.map((key) => store.get(key)));
    return texts.map(storedValue);
  }

  async deletePrefix(prefix: string): Promise<number> {
    this.#check('deletePrefix', prefix);
    return this.#ask('deletePrefix', (store) => store.deletePrefix(prefix));
  }

  async lease(key: string, token: string, leaseMs: number): Promise<Lease> {
    this.#check('lease', key);
    checkTtlMs(this, 'lease', leaseMs);
    const marker = LEASE_MARKER + token;
    // Backend: one atomic step.
    const present = await this.#ask('lease', (store) => store.add(key, marker, leaseMs));
    if (present === undefined) return { state: 'granted' };
    if (!present.startsWith(LEASE_MARKER)) return { state: 'hit', value: present };
    return { state: 'held', token: present.slice(LEASE_MARKER.length) };
  }

  async fill(key: string, token: string, value: string, ttlMs: number): Promise<boolean> {
    this.#checkWrite('fill', key, value, ttlMs);
    const marker = LEASE_MARKER + token;
    // Backend: one atomic step.
    return this.#ask('fill', (store) => store.replace(key, marker, value, ttlMs));
  }

  recycle(): void {
    // Backend: drop the connection, so that later operations start on a new one.
  }

  /** All calls of the backend go through here, so each of its errors becomes a `CacheError`. */
  async #ask<T>(operation: string, call: (store: Store) => T | Promise<T>): Promise<T> {
    try {
      // Backend: its client instead of the store.
      return await call(this.#store);
    } catch (cause) {
      // Backend: CACHE_UNAVAILABLE says that it was not reached, and counts as an outage. Where it
      // answered and refused, say CACHE_REFUSED; after close(), CACHE_CLOSED.
      const message = `Adapter '${this.name}' did not reach its backend in ${operation}()`;
      const about = { adapter: this.name, operation, cause };
      throw new CacheError('CACHE_UNAVAILABLE', message, about);
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
