import { CacheError, type Logger } from '@tasker-cache/core/adapter';
import { type Endpoint, parseEndpoints } from './endpoints.ts';
import { largestItemBytes, largestValueBytes } from './item-size.ts';

/** Everything has a default. Wrong types and ranges throw `CACHE_CONFIG_INVALID`. */
export interface MemcachedAdapterOptions {
  /**
   * `tcp://host:11211`; several servers separated by commas; IPv6 in brackets. A user name and a
   * password may stand before the host, percent-encoded; before the first host they are for all
   * servers. Default `tcp://localhost:11211`.
   */
  readonly url?: string | undefined;
  /** SASL user name for every server, over the URL's. memjs sends both in clear text (no TLS). */
  readonly username?: string | undefined;
  /** SASL password. Never printed. */
  readonly password?: string | undefined;
  /** How long a connection may take, login included. 1 to 2,147,483,647. Default 5,000. */
  readonly connectionTimeoutMs?: number | undefined;
  /**
   * The adapter opens one connection a server, never more. A bound below the number of servers is
   * refused. 1 to 100. Default: the number of servers.
   */
  readonly maxConnections?: number | undefined;
  /**
   * How long one request may wait for its answer. Then it rejects, and its connection is dropped.
   * 1 to 2,147,483,647. Default 5,000. Core's own deadline is shorter and comes first.
   */
  readonly operationTimeoutMs?: number | undefined;
  /**
   * Larger values are refused without being sent. Default: what each server says when it is
   * connected (`item_size_max`, less the item's overhead); until then what memcached's own default
   * of 1 MiB leaves.
   */
  readonly maxValueBytes?: number | undefined;
  /** Receives facts that no error carries, credentials excluded. Default: nothing is logged. */
  readonly logger?: Logger | undefined;
}

/** Checked options. */
export interface Settings {
  readonly endpoints: readonly Endpoint[];
  readonly connectionTimeoutMs: number;
  readonly operationTimeoutMs: number;
  readonly maxValueBytes: number | undefined;
  readonly logger: Logger | undefined;
}

const longestTimerMs = 2 ** 31 - 1;
const defaultTimeoutMs = 5_000;

export function readOptions(options: MemcachedAdapterOptions): Settings {
  const endpoints = readEndpoints(options);
  const maxConnections = readInteger(options, 'maxConnections', 100);
  if (maxConnections !== undefined && maxConnections < endpoints.length) {
    const servers = `${endpoints.length} servers need a connection each`;
    throw invalid(`maxConnections is ${maxConnections}, but ${servers}`);
  }
  return {
    endpoints,
    connectionTimeoutMs:
      readInteger(options, 'connectionTimeoutMs', longestTimerMs) ?? defaultTimeoutMs,
    operationTimeoutMs:
      readInteger(options, 'operationTimeoutMs', longestTimerMs) ?? defaultTimeoutMs,
    maxValueBytes: readInteger(options, 'maxValueBytes', largestValueBytes(largestItemBytes)),
    logger: options.logger,
  };
}

function readEndpoints(options: MemcachedAdapterOptions): Endpoint[] {
  const url = readText(options, 'url') ?? 'tcp://localhost:11211';
  // Empty is what an unset environment variable leaves in TOML.
  const username = readText(options, 'username') || undefined;
  const password = readText(options, 'password') || undefined;
  let endpoints: Endpoint[];
  try {
    endpoints = parseEndpoints(url);
  } catch (error) {
    throw invalid(`url is wrong: ${(error as Error).message}`);
  }
  const [first] = endpoints;
  return endpoints.map((endpoint) => {
    const own = endpoint.username || endpoint.password ? endpoint : first;
    const credentials = {
      username: username ?? own?.username,
      password: password ?? own?.password,
    };
    if ((credentials.username === undefined) !== (credentials.password === undefined)) {
      throw invalid('a user name and a password are needed together, only one is given');
    }
    return { ...endpoint, ...credentials };
  });
}

function readText(
  options: MemcachedAdapterOptions,
  name: 'url' | 'username' | 'password',
): string | undefined {
  const value: unknown = options[name];
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(`${name} must be a string, got ${typeof value}`);
}

function readInteger(
  options: MemcachedAdapterOptions,
  name: 'connectionTimeoutMs' | 'operationTimeoutMs' | 'maxConnections' | 'maxValueBytes',
  highest: number,
): number | undefined {
  const value: unknown = options[name];
  if (value === undefined) return undefined;
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= highest) {
    return Number(value);
  }
  const got = typeof value === 'number' ? String(value) : typeof value;
  throw invalid(`${name} must be a whole number from 1 to ${highest}, got ${got}`);
}

function invalid(reason: string): CacheError {
  const message = `Memcached configuration: ${reason}`;
  return new CacheError('CACHE_CONFIG_INVALID', message, { adapter: 'memcached' });
}
