import { LEASE_MARKER, type Limits } from './adapter.ts';
import { CacheError, type CacheErrorCode } from './errors.ts';

/** What the checks need to know of an adapter; an adapter passes itself. */
export interface Checked {
  readonly name: string;
  readonly limits: Limits;
}

/** Throws `CACHE_KEY_INVALID` or `CACHE_KEY_TOO_LONG` unless the contract allows the key. */
export function checkKey(adapter: Checked, operation: string, key: string): void {
  if (typeof key !== 'string' || key === '') {
    refuse(adapter, operation, 'CACHE_KEY_INVALID', 'a key is a non-empty string');
  }
  if (!key.isWellFormed()) {
    refuse(adapter, operation, 'CACHE_KEY_INVALID', 'a key must not hold a lone surrogate');
  }
  const limit = adapter.limits.maxKeyBytes;
  if (exceedsBytes(key, limit)) {
    const size = `${Buffer.byteLength(key)} bytes`;
    refuse(adapter, operation, 'CACHE_KEY_TOO_LONG', `the key has ${size}, the limit is ${limit}`);
  }
}

/** Throws `CACHE_VALUE_INVALID` or `CACHE_VALUE_TOO_LARGE` unless the contract allows the value. */
export function checkValue(adapter: Checked, operation: string, value: string): void {
  if (typeof value !== 'string') {
    refuse(adapter, operation, 'CACHE_VALUE_INVALID', `a value is a string, got ${typeof value}`);
  }
  if (value.startsWith(LEASE_MARKER)) {
    refuse(
      adapter,
      operation,
      'CACHE_VALUE_INVALID',
      `a value must not start with ${LEASE_MARKER}`,
    );
  }
  const limit = adapter.limits.maxValueBytes;
  if (exceedsBytes(value, limit)) {
    const size = `${Buffer.byteLength(value)} bytes`;
    refuse(
      adapter,
      operation,
      'CACHE_VALUE_TOO_LARGE',
      `the value has ${size}, the limit is ${limit}`,
    );
  }
  if (!value.isWellFormed()) {
    refuse(adapter, operation, 'CACHE_VALUE_INVALID', 'a value must not hold a lone surrogate');
  }
}

/** Throws `CACHE_TTL_INVALID` unless `ttlMs` is a finite number above 0. */
export function checkTtlMs(adapter: Checked, operation: string, ttlMs: number): void {
  if (!(Number.isFinite(ttlMs) && ttlMs > 0)) {
    const message = `a TTL is a finite number of milliseconds above 0, got ${String(ttlMs)}`;
    refuse(adapter, operation, 'CACHE_TTL_INVALID', message);
  }
}

/** Whether the text has more than `limit` UTF-8 bytes; counts them only where it must. */
export function exceedsBytes(text: string, limit: number): boolean {
  if (text.length * 3 <= limit) return false;
  return text.length > limit || Buffer.byteLength(text) > limit;
}

function refuse(adapter: Checked, operation: string, code: CacheErrorCode, reason: string): never {
  const message = `Adapter '${adapter.name}' refused ${operation}(): ${reason}`;
  throw new CacheError(code, message, { adapter: adapter.name, operation });
}
