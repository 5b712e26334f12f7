import { CacheError } from '@tasker-cache/core/adapter';

export interface SqliteOptions {
  /** The database's file, created when it is missing, or `:memory:`. Default `:memory:`. */
  readonly path?: string;
  /** The most entries kept, leases included: 1 to 10,000,000. Default 100,000. */
  readonly maxEntries?: number;
}

/** Throws `CACHE_CONFIG_INVALID`. */
export function checkOptions(options: SqliteOptions): Required<SqliteOptions> {
  const { path = ':memory:', maxEntries = 100_000 } = options;
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw invalid('path is the name of a file, or :memory:');
  }
  if (!Number.isInteger(maxEntries) || maxEntries < 1 || maxEntries > 10_000_000) {
    throw invalid(`maxEntries is an integer from 1 to 10,000,000, got ${String(maxEntries)}`);
  }
  return { path, maxEntries };
}

function invalid(reason: string): CacheError {
  const about = { adapter: 'sqlite', operation: 'create' };
  return new CacheError('CACHE_CONFIG_INVALID', `Adapter 'sqlite': ${reason}`, about);
}
