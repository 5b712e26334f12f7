import {
  type CacheAdapter,
  CacheError,
  checkKey,
  checkTtlMs,
  checkValue,
  type Lease,
  type Limits,
  type Scope,
} from '@tasker-cache/core/adapter';
import { AdmissionMap, type Entry } from './admission.ts';

export interface MemoryOptions {
  /** The most entries kept at once, leases included: 1 to 1,000,000. Default 10,000. */
  readonly maxCapacity?: number;
  /** The largest value in UTF-8 bytes. Default: no limit of its own. */
  readonly maxValueBytes?: number;
}

export const defaultCapacity = 10_000;

/**
 * Keeps entries in this process, bounded by number, with a TTL for each. Expiry is exact to the
 * millisecond and follows the monotonic clock, so a step of the system clock changes no TTL.
 * Throws `CACHE_CONFIG_INVALID` for an option out of its range.
 */
export function memoryAdapter(
  options: MemoryOptions = {},
): Required<Omit<CacheAdapter, 'recycle'>> {
  const { maxCapacity = defaultCapacity, maxValueBytes = Number.MAX_SAFE_INTEGER } = options;
  requireInteger('maxCapacity', maxCapacity, 1_000_000);
  requireInteger('maxValueBytes', maxValueBytes, Number.MAX_SAFE_INTEGER);
  return new MemoryAdapter(maxCapacity, maxValueBytes);
}

class MemoryAdapter implements CacheAdapter {
  readonly name = 'moka';
  readonly scope: Scope = 'process';
  readonly limits: Limits;
  readonly #entries: AdmissionMap;
  #closed = false;

  constructor(maxCapacity: number, maxValueBytes: number) {
    this.limits = { ttlResolutionMs: 1, maxKeyBytes: 1024, maxValueBytes };
    this.#entries = new AdmissionMap(maxCapacity);
  }

  async get(key: string): Promise<string | undefined> {
    this.#check('get', key);
    return this.#find(key)?.value;
  }

  async getMany(keys: readonly string[]): Promise<(string | undefined)[]> {
    this.#checkOpen('getMany');
    for (const key of keys) checkKey(this, 'getMany', key);
    return keys.map((key) => this.#find(key)?.value);
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    this.#checkWrite('set', key, value, ttlMs);
    this.#put(key, value, undefined, ttlMs);
  }

  async delete(key: string): Promise<boolean> {
    this.#check('delete', key);
    return this.#remove(key);
  }

  async deletePrefix(prefix: string): Promise<number> {
    this.#check('deletePrefix', prefix);
    const keys = this.#entries.keys().filter((key) => key.startsWith(prefix));
    return keys.filter((key) => this.#remove(key)).length;
  }

  async lease(key: string, token: string, leaseMs: number): Promise<Lease> {
    this.#check('lease', key);
    checkTtlMs(this, 'lease', leaseMs);
    const found = this.#find(key);
    if (found?.value !== undefined) return { state: 'hit', value: found.value };
    if (found?.token !== undefined) return { state: 'held', token: found.token };
    this.#put(key, undefined, token, leaseMs);
    return { state: 'granted' };
  }

  async fill(key: string, token: string, value: string, ttlMs: number): Promise<boolean> {
    this.#checkWrite('fill', key, value, ttlMs);
    if (this.#find(key)?.token !== token) return false;
    this.#put(key, value, undefined, ttlMs);
    return true;
  }

  async ping(): Promise<void> {
    this.#checkOpen('ping');
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#entries.clear();
  }

  #find(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || performance.now() < entry.expiresAtMs) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  #put(key: string, value: string | undefined, token: string | undefined, ttlMs: number): void {
    this.#entries.set(key, { value, token, expiresAtMs: performance.now() + Math.ceil(ttlMs) });
  }

  #remove(key: string): boolean {
    const wasThere = this.#find(key) !== undefined;
    if (wasThere) this.#entries.delete(key);
    return wasThere;
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
    if (!this.#closed) return;
    const message = `Adapter '${this.name}' refused ${operation}(): it was closed`;
    throw new CacheError('CACHE_CLOSED', message, { adapter: this.name, operation });
  }
}

function requireInteger(option: string, value: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= 1 && value <= max) return;
  const message = `Adapter 'moka': ${option} is an integer from 1 to ${max}, got ${String(value)}`;
  throw new CacheError('CACHE_CONFIG_INVALID', message, { adapter: 'moka' });
}
