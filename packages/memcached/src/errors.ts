import { CacheError, type CacheErrorCode } from '@tasker-cache/core/adapter';
import { type Reply, statuses } from './protocol.ts';

const adapter = 'memcached';

/** Why a connection ended, to be told to everyone who waits on it. */
export interface Failure {
  readonly code: 'CACHE_UNAVAILABLE' | 'CACHE_TIMEOUT' | 'CACHE_CLOSED';
  /** Completes "Memcached at host:port failed get(): …". */
  readonly reason: string;
  readonly cause?: unknown;
}

export function failed(server: string, operation: string, failure: Failure): CacheError {
  const { code, reason, cause } = failure;
  const message = `Memcached at ${server} failed ${operation}(): ${reason}`;
  return new CacheError(code, message, { adapter, operation, cause });
}

export function closed(operation: string): CacheError {
  const message = `Adapter '${adapter}' refused ${operation}(): it was closed`;
  return new CacheError('CACHE_CLOSED', message, { adapter, operation });
}

export function refused(operation: string, code: CacheErrorCode, reason: string): CacheError {
  const message = `Adapter '${adapter}' refused ${operation}(): ${reason}`;
  return new CacheError(code, message, { adapter, operation });
}

/** The error for a status that the operation has no use for. */
export function refusedBy(server: string, operation: string, reply?: Reply): CacheError {
  const status = reply?.header.status ?? 0;
  const code = status === statuses.tooLarge ? 'CACHE_VALUE_TOO_LARGE' : 'CACHE_REFUSED';
  const meaning = meanings[status] ?? 'a status that the protocol does not define';
  const message = `Memcached at ${server} refused ${operation}(): ${meaning} (status ${status})`;
  return new CacheError(code, message, { adapter, operation });
}

/** From memcached's doc/protocol-binary. */
const meanings: Readonly<Record<number, string>> = {
  1: 'the key is not there',
  2: 'the key is there already',
  3: 'the value is larger than its item limit (-I)',
  4: 'it calls the arguments invalid',
  5: 'it did not store the item',
  6: 'the value is not a number',
  129: 'it does not know the command',
  130: 'it is out of memory for items of this size (-m)',
  131: 'it does not support the command',
  132: 'it had an internal error',
  133: 'it is busy',
  134: 'it has a temporary failure',
};

/** What a socket's error says. Node leaves the message empty when several addresses failed. */
export function describe(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return message || code || String(error);
}
