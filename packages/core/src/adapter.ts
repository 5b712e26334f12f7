import type { Logger } from './logger.ts';

/**
 * Who shares what an adapter stores: all processes on all machines (`shared`), this process or those
 * of one machine alone (`process`), or nobody (`none`: nothing is stored). The usage policy and the breaker read this, never the name.
 */
export type Scope = 'shared' | 'process' | 'none';

/**
 * What one backend can hold: whole numbers above 0, `Number.MAX_SAFE_INTEGER` for "no limit". The
 * conformance kit derives its bounds from them.
 */
export interface Limits {
  /** The smallest step of a TTL in milliseconds: 1 for Redis, 1000 for memcached. */
  readonly ttlResolutionMs: number;
  /** The longest key in UTF-8 bytes. Core shortens longer keys with a hash. */
  readonly maxKeyBytes: number;
  /** The largest value in UTF-8 bytes. */
  readonly maxValueBytes: number;
}

/**
 * What `lease` found under the key.
 * `granted`: the key was absent and now holds a marker with the caller's token; the caller loads.
 * `held`: another token's marker is there; its holder loads.
 * `hit`: a value is there.
 */
export type Lease =
  | { readonly state: 'granted' }
  | { readonly state: 'held'; readonly token: string }
  | { readonly state: 'hit'; readonly value: string };

/**
 * Stores strings for a bounded time. A miss is never an error; an error is never a miss.
 *
 * **Obligations.** Every method rejects with a `CacheError` and swallows nothing: only core
 * degrades. No method throws synchronously. From the constructor on, the adapter emits no `error`
 * event without a listener and leaves no rejection unhandled. It connects on first use, so creating
 * it never fails because a server is away. It never retries an operation on its own.
 *
 * **Arguments.** Keys are non-empty, at most `limits.maxKeyBytes` long and well-formed UTF-16;
 * values are well-formed UTF-16, at most `limits.maxValueBytes` long, and do not start with
 * `LEASE_MARKER`; a TTL is a finite number of milliseconds above 0. Anything else rejects with the
 * `CacheError` that `checkKey`, `checkValue` and `checkTtlMs` throw, before the backend sees it.
 * Keys are opaque: no character in them has a meaning. Where a protocol cannot carry white space or
 * control characters, a key with them rejects with `CACHE_KEY_INVALID`; core escapes them.
 *
 * **Atomicity.** Each method is one step towards the backend, unless it says otherwise.
 *
 * **Absence.** An operation that the backend cannot do is absent (`undefined`), so no flag can
 * disagree with the method.
 */
export interface CacheAdapter {
  /** The backend's name in configuration, logs and errors, for example `redis`. */
  readonly name: string;
  readonly scope: Scope;
  readonly limits: Limits;

  /** Resolves to the value under `key`, or `undefined` on a miss. A leased key reads as a miss. */
  get(key: string): Promise<string | undefined>;

  /**
   * Stores `value` for `ttlMs`, over whatever was there, a lease included. The TTL rounds up to
   * `limits.ttlResolutionMs`: never down, never to "forever". After a rejection the key holds the
   * old value, the new one, or nothing.
   */
  set(key: string, value: string, ttlMs: number): Promise<void>;

  /**
   * Removes the key, its value or its lease marker; resolves to whether something was there.
   * Rejects if the backend did not confirm it.
   */
  delete(key: string): Promise<boolean>;

  /** Resolves once the backend has answered a command that stands for normal service. */
  ping(): Promise<void>;

  /**
   * Ends every connection and timer that the adapter opened, and nothing that it was given.
   * Idempotent, and safe while operations are pending: those reject. Later operations reject with
   * `CACHE_CLOSED`.
   */
  close(): Promise<void>;

  /** `get` for many keys, answers in the order of `keys`. Not atomic. `[]` for no keys. */
  getMany?(keys: readonly string[]): Promise<(string | undefined)[]>;

  /**
   * Removes every key that was there before the call and starts with `prefix`, and no other key;
   * resolves to how many. The prefix is literal text, not a pattern, and is never empty. Not atomic:
   * keys written meanwhile may stay.
   */
  deletePrefix?(prefix: string): Promise<number>;

  /**
   * If the key is absent, stores a marker with `token` for `leaseMs` and grants the lease; otherwise
   * reports what is there. One atomic step, so exactly one of many callers is granted.
   * `token` is 1 to 64 characters of `A-Z a-z 0-9 _ -`, fresh for each call.
   */
  lease?(key: string, token: string, leaseMs: number): Promise<Lease>;

  /**
   * Replaces the marker by `value` if the key still holds exactly `token`'s marker, in one atomic
   * step; resolves to whether it did. A deleted, expired, evicted or overwritten marker refuses the
   * fill, whoever did it. Present if and only if `lease` is.
   */
  fill?(key: string, token: string, value: string, ttlMs: number): Promise<boolean>;

  /**
   * Drops the present connection, so that later operations start on a new one. Core calls it after
   * an operation passed its deadline: what such a connection answers next belongs to nobody.
   */
  recycle?(): void;
}

/** What a lease marker starts with. No JSON text can start with it; the token follows. */
export const LEASE_MARKER = '!lease:';

/** What core hands to an adapter that it creates from configuration. */
export interface AdapterContext {
  /**
   * The backend's own configuration table, unchecked. From TOML: names in camelCase, `*_seconds` as
   * `*Ms`, and a number that comes from an environment variable as text.
   */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The cache's limit on values: larger ones need not be read. */
  readonly maxValueBytes: number;
  /** For facts that no error carries, such as "this server is not what its URL says". */
  readonly logger: Logger;
}

/** How a backend introduces itself to `openCache` and to the registry. */
export interface AdapterDefinition {
  /** The value of `backend` in the configuration. */
  readonly name: string;
  /** Other values of `backend` that mean the same. */
  readonly aliases?: readonly string[];
  /** The backend's name in sentences, for example `Redis`. */
  readonly title: string;
  /** Throws a `CacheError` with `CACHE_CONFIG_INVALID` when the settings do not make sense. */
  create(context: AdapterContext): CacheAdapter | Promise<CacheAdapter>;
  /** Fields for the line that says that the cache is up, for example `max_capacity`. */
  startupFields?(context: AdapterContext): Readonly<Record<string, unknown>>;
}
