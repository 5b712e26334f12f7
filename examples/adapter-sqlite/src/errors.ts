import { CacheError, type CacheErrorCode } from '@tasker-cache/core/adapter';

/** SQLite's primary result codes that say that the database answers, and refuses. */
const refusals = new Map([
  [3, 'no permission'],
  [8, 'the database is read-only'],
  [13, 'the disk is full'],
  [18, 'the text is too large'],
]);

/** What SQLite threw, as a `CacheError`: busy, damaged or no database at all are outages. */
export function failure(operation: string, cause: unknown): CacheError {
  const { errcode } = cause as { errcode?: unknown };
  // The low byte is the primary code; the others say more about it.
  const refusal = typeof errcode === 'number' ? refusals.get(errcode & 0xff) : undefined;
  const code: CacheErrorCode = refusal === undefined ? 'CACHE_UNAVAILABLE' : 'CACHE_REFUSED';
  const reason = refusal ?? 'the database cannot be used';
  const message = `Adapter 'sqlite' failed in ${operation}(): ${reason}`;
  return new CacheError(code, message, { adapter: 'sqlite', operation, cause });
}
