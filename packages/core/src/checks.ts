import { LEASE_MARKER, type Limits } from './adapter.ts';
import { exceedsBytes } from './byte-size.ts';
import { CacheError, type CacheErrorCode } from './errors.ts';

/** What the checks need to know of an adapter; an adapter passes itself. */
export interface Checked {
  readonly name: string;
  readonly limits: Limits;
}

/** Throws `CACHE_KEY_INVALID` or `CACHE_KEY_TOO_LONG` unless the contract allows the key. */
export function checkKey(adapter: Checked, operation: string, key: string): void {
  checkText(adapter, operation, 'key', key, adapter.limits.maxKeyBytes);
  if (key === '') refuse(adapter, operation, 'CACHE_KEY_INVALID', 'a key must not be empty');
}

/** Throws `CACHE_VALUE_INVALID` or `CACHE_VALUE_TOO_LARGE` unless the contract allows the value. */
export function checkValue(adapter: Checked, operation: string, value: string): void {
  checkText(adapter, operation, 'value', value, adapter.limits.maxValueBytes);
  if (value.startsWith(LEASE_MARKER)) {
    const reason = `a value must not start with ${LEASE_MARKER}`;
    refuse(adapter, operation, 'CACHE_VALUE_INVALID', reason);
  }
}

/** Throws `CACHE_TTL_INVALID` unless `ttlMs` is a finite number above 0. */
export function checkTtlMs(adapter: Checked, operation: string, ttlMs: number): void {
  if (!(Number.isFinite(ttlMs) && ttlMs > 0)) {
    const message = `a TTL is a finite number of milliseconds above 0, got ${String(ttlMs)}`;
    refuse(adapter, operation, 'CACHE_TTL_INVALID', message);
  }
}

function checkText(
  adapter: Checked,
  operation: string,
  kind: 'key' | 'value',
  text: string,
  limit: number,
): void {
  const [invalid, tooLarge] = codes[kind];
  if (typeof text !== 'string') {
    refuse(adapter, operation, invalid, `a ${kind} is a string, got ${typeof text}`);
  }
  if (exceedsBytes(text, limit)) {
    const size = `${Buffer.byteLength(text)} bytes`;
    refuse(adapter, operation, tooLarge, `the ${kind} has ${size}, the limit is ${limit}`);
  }
  if (!text.isWellFormed()) {
    refuse(adapter, operation, invalid, `a ${kind} must not hold a lone surrogate`);
  }
}

const codes = {
  key: ['CACHE_KEY_INVALID', 'CACHE_KEY_TOO_LONG'],
  value: ['CACHE_VALUE_INVALID', 'CACHE_VALUE_TOO_LARGE'],
} as const;

function refuse(adapter: Checked, operation: string, code: CacheErrorCode, reason: string): never {
  const message = `Adapter '${adapter.name}' refused ${operation}(): ${reason}`;
  throw new CacheError(code, message, { adapter: adapter.name, operation });
}
