/**
 * Stable codes: a code never changes its meaning, while messages may change with any version.
 *
 * | code | meaning |
 * |---|---|
 * | `CACHE_UNAVAILABLE` | the backend was not reached, or the connection broke: an outage |
 * | `CACHE_TIMEOUT` | the operation passed its deadline: an outage |
 * | `CACHE_CLOSED` | the adapter or cache was closed before |
 * | `CACHE_REFUSED` | the backend answered, and refused: full, read-only, no permission |
 * | `CACHE_KEY_INVALID` | an empty key, or a lone surrogate in it |
 * | `CACHE_KEY_TOO_LONG` | more bytes than `limits.maxKeyBytes` |
 * | `CACHE_VALUE_INVALID` | a value that cannot be stored, or that was stored and makes no sense |
 * | `CACHE_VALUE_MISPLACED` | a sound value, but another key's |
 * | `CACHE_VALUE_TOO_LARGE` | more bytes than the limit |
 * | `CACHE_TTL_INVALID` | not a finite number of milliseconds above 0 |
 * | `CACHE_CONFIG_INVALID` | a setting of a wrong type or out of its range |
 * | `CACHE_ADAPTER_MISSING` | no adapter for the configured backend |
 * | `CACHE_LOAD_TIMEOUT` | a loader passed its deadline |
 * | `CACHE_UNEXPECTED` | an adapter threw something that is not a `CacheError` |
 */
export type CacheErrorCode =
  | 'CACHE_UNAVAILABLE'
  | 'CACHE_TIMEOUT'
  | 'CACHE_CLOSED'
  | 'CACHE_REFUSED'
  | 'CACHE_KEY_INVALID'
  | 'CACHE_KEY_TOO_LONG'
  | 'CACHE_VALUE_INVALID'
  | 'CACHE_VALUE_MISPLACED'
  | 'CACHE_VALUE_TOO_LARGE'
  | 'CACHE_TTL_INVALID'
  | 'CACHE_CONFIG_INVALID'
  | 'CACHE_ADAPTER_MISSING'
  | 'CACHE_LOAD_TIMEOUT'
  | 'CACHE_UNEXPECTED';

export interface CacheErrorOptions {
  /** The adapter's name. */
  readonly adapter?: string | undefined;
  /** The contract's method, for example `get`. */
  readonly operation?: string | undefined;
  /** Kept as name, message and code only: a client's error may carry a password. */
  readonly cause?: unknown;
}

const marker = Symbol.for('tasker-cache.error');

/** The one error type of adapters. Carries neither values nor credentials. */
export class CacheError extends Error {
  override readonly name = 'CacheError';
  readonly code: CacheErrorCode;
  readonly adapter: string | undefined;
  readonly operation: string | undefined;

  constructor(
    code: CacheErrorCode,
    message: string,
    { adapter, operation, cause }: CacheErrorOptions = {},
  ) {
    super(message, cause ? { cause: bareCause(cause) } : undefined);
    this.code = code;
    this.adapter = adapter;
    this.operation = operation;
  }

  /** Recognises errors of other copies of this package too, which `instanceof` does not. */
  static isInstance(error: unknown): error is CacheError {
    return (error as { readonly [marker]?: true } | undefined)?.[marker] === true;
  }
}

Object.assign(CacheError.prototype, { [marker]: true });

/** Whether the error says that the backend is away: only these count against the breaker. */
export function isOutage({ code }: CacheError): boolean {
  return code === 'CACHE_UNAVAILABLE' || code === 'CACHE_TIMEOUT';
}

/** Returns a `CacheError` as it is, and wraps anything else as `CACHE_UNEXPECTED`. */
export function toCacheError(error: unknown, adapter: string, operation: string): CacheError {
  if (CacheError.isInstance(error)) return error;
  const message = `Adapter '${adapter}' failed in ${operation}() with an error that is no CacheError`;
  return new CacheError('CACHE_UNEXPECTED', message, { adapter, operation, cause: error });
}

/** The cause without its own properties: ioredis 6 keeps the password in `command.args`. */
function bareCause(cause: unknown): unknown {
  if (CacheError.isInstance(cause)) return cause;
  if (!(cause instanceof Error)) return typeof cause;
  const { name, message, stack, code } = cause as NodeJS.ErrnoException;
  const bare = new Error(withoutCredentials(message));
  bare.name = name;
  bare.stack = withoutCredentials(String(stack));
  return typeof code === 'string' ? Object.assign(bare, { code }) : bare;
}

function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^\s/@]*@/g, '//***@');
}
