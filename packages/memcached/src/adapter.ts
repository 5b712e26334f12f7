import {
  type CacheAdapter,
  checkKey,
  checkTtlMs,
  checkValue,
  LEASE_MARKER,
  type Lease,
  type Limits,
} from '@tasker-cache/core/adapter';
import type { Connection } from './connection.ts';
import { refused } from './errors.ts';
import { toExpiry } from './expiry.ts';
import { type MemcachedAdapterOptions, readOptions } from './options.ts';
import { opcodes, statuses } from './protocol.ts';
import { isOk, read, readMany, request, valueIn } from './requests.ts';
import { Servers } from './servers.ts';

/** How often `lease` looks again when what stood in its way is gone at the second look. */
const leaseAttempts = 3;

/**
 * A memcached adapter. Connects on first use, one connection a server.
 * Throws `CACHE_CONFIG_INVALID` when the options do not make sense.
 *
 * It differs from the contract in one point: a key with a space or a control character is refused
 * with `CACHE_KEY_INVALID`, because readers over memcached's text protocol could not name it.
 */
export function memcachedAdapter(options: MemcachedAdapterOptions = {}): CacheAdapter {
  return new MemcachedAdapter(options);
}

class MemcachedAdapter implements CacheAdapter {
  readonly name = 'memcached';
  readonly scope = 'shared';
  readonly limits: Limits;
  readonly #servers: Servers;

  constructor(options: MemcachedAdapterOptions) {
    const servers = new Servers(readOptions(options));
    this.#servers = servers;
    this.limits = {
      ttlResolutionMs: 1_000,
      maxKeyBytes: 250,
      get maxValueBytes(): number {
        return servers.maxValueBytes;
      },
    };
  }

  async get(key: string): Promise<string | undefined> {
    this.#checkKey('get', key);
    const found = this.#servers.at('get', key);
    const connection = found instanceof Promise ? await found : found;
    const reply = await read(connection, 'get', key);
    return reply && valueIn(reply);
  }

  async getMany(keys: readonly string[]): Promise<(string | undefined)[]> {
    for (const key of keys) this.#checkKey('getMany', key);
    const batches = await this.#servers.group('getMany', keys);
    const values = new Array<string | undefined>(keys.length).fill(undefined);
    const fetch = async ([connection, indexes]: [Connection, number[]]) => {
      const wanted = indexes.map((index) => keys[index] as string);
      const found = await readMany(connection, 'getMany', wanted);
      for (const [position, index] of indexes.entries()) values[index] = found[position];
    };
    await Promise.all([...batches].map(fetch));
    return values;
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    this.#checkKey('set', key);
    checkValue(this, 'set', value);
    const extras = this.#lifetime('set', ttlMs);
    const connection = await this.#servers.at('set', key);
    const command = { opcode: opcodes.set, key, extras, value };
    await request(connection, 'set', command, [statuses.ok]);
  }

  async delete(key: string): Promise<boolean> {
    this.#checkKey('delete', key);
    const connection = await this.#servers.at('delete', key);
    const command = { opcode: opcodes.delete, key };
    const expected = [statuses.ok, statuses.notFound];
    return isOk(await request(connection, 'delete', command, expected));
  }

  async lease(key: string, token: string, leaseMs: number): Promise<Lease> {
    this.#checkKey('lease', key);
    const extras = this.#lifetime('lease', leaseMs);
    const marker = LEASE_MARKER + token;
    const command = { opcode: opcodes.add, key, extras, value: marker };
    const expected = [statuses.ok, statuses.exists, statuses.notStored];
    for (let attempt = 0; attempt < leaseAttempts; attempt++) {
      const connection = await this.#servers.at('lease', key);
      if (isOk(await request(connection, 'lease', command, expected))) return { state: 'granted' };
      const text = (await read(connection, 'lease', key))?.val.toString();
      if (text?.startsWith(LEASE_MARKER)) {
        return { state: 'held', token: text.slice(LEASE_MARKER.length) };
      }
      if (text !== undefined) return { state: 'hit', value: text };
    }
    throw refused('lease', 'CACHE_REFUSED', 'the key came and went at each attempt');
  }

  /**
   * Two requests: a `get` that shows the caller's marker and its CAS id, and a `set` for that id on
   * the same connection. The `set` is the one step that decides.
   */
  async fill(key: string, token: string, value: string, ttlMs: number): Promise<boolean> {
    this.#checkKey('fill', key);
    checkValue(this, 'fill', value);
    const extras = this.#lifetime('fill', ttlMs);
    const connection = await this.#servers.at('fill', key);
    const found = await read(connection, 'fill', key);
    if (found?.val.toString() !== LEASE_MARKER + token) return false;
    const { cas } = found.header;
    // An id of zero would make the `set` unconditional.
    if (cas.every((byte) => byte === 0)) {
      throw refused('fill', 'CACHE_REFUSED', 'the server has no CAS ids, it may run with -C');
    }
    const command = { opcode: opcodes.set, key, extras, value, cas };
    const expected = [statuses.ok, statuses.notFound, statuses.exists, statuses.notStored];
    return isOk(await request(connection, 'fill', command, expected));
  }

  /** Every server must answer: a `noop`, which waits its turn behind reads and needs the login. */
  async ping(): Promise<void> {
    const connections = await this.#servers.all('ping');
    const noop = { opcode: opcodes.noop };
    await Promise.all(connections.map((each) => request(each, 'ping', noop, [statuses.ok])));
  }

  recycle(): void {
    this.#servers.recycle();
  }

  close(): Promise<void> {
    return this.#servers.close();
  }

  #checkKey(operation: string, key: string): void {
    checkKey(this, operation, key);
    if (/[\x00-\x20\x7f]/.test(key)) {
      const reason = 'the key holds a space or a control character, percent-encode it';
      throw refused(operation, 'CACHE_KEY_INVALID', reason);
    }
  }

  /** What a storing command says besides key and value: no flags, and when the item expires. */
  #lifetime(operation: string, ttlMs: number): Buffer {
    checkTtlMs(this, operation, ttlMs);
    const extras = Buffer.alloc(8);
    extras.writeUInt32BE(toExpiry(ttlMs, Date.now()), 4);
    return extras;
  }
}
