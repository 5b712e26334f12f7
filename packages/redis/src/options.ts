import type { ConnectionOptions } from 'node:tls';
import type { Logger } from '@tasker-cache/core/adapter';
import type { Cluster, Redis } from 'ioredis';
import { configError } from './errors.ts';
import type { ServerIdentity } from './server-identity.ts';
import { parseUrl, type Target } from './url.ts';

/** Everything is optional. Wrong options throw a `CacheError` with `CACHE_CONFIG_INVALID`. */
export interface RedisAdapterOptions {
  /** Default `redis://localhost:6379`. The README lists the forms. */
  readonly url?: string | undefined;
  /** The ACL user. Default: the URL's, else the server's default user. */
  readonly username?: string | undefined;
  /** Default: the URL's. */
  readonly password?: string | undefined;
  /** The number of the database. Default: the URL's, else 0. */
  readonly database?: number | undefined;
  /** How many connections the adapter may hold to one server. It uses one. Default 10. */
  readonly maxConnections?: number | undefined;
  /** The deadline of one attempt to connect, in milliseconds. Default 5,000. */
  readonly connectionTimeoutMs?: number | undefined;
  /**
   * The largest value in UTF-8 bytes, to write and to read: a larger one is skipped as it arrives.
   * Default 268,435,456.
   */
  readonly maxValueBytes?: number | undefined;
  /** For `rediss` URLs. Certificates are always checked. */
  readonly tls?: RedisTlsOptions | undefined;
  /**
   * An ioredis client of the caller, in place of all options above. The adapter never closes it, and
   * neither guards nor batches on it.
   */
  readonly client?: Redis | Cluster | undefined;
  readonly logger?: Logger | undefined;
  /** What errors and logs call the adapter. Default `redis`. */
  readonly name?: string | undefined;
  /** Called after each connect with what the server says about itself. */
  readonly onServer?: ((server: ServerIdentity) => void) | undefined;
}

/** Whom to trust and how to identify oneself, as `node:tls` takes them. */
export type RedisTlsOptions = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername'>;

/** The options as they hold after all checks and defaults. */
export interface Settings {
  readonly name: string;
  readonly target: Target;
  readonly tls: ConnectionOptions | undefined;
  readonly connectionTimeoutMs: number;
  readonly maxValueBytes: number;
}

/** Redis takes 512 MiB, Dragonfly 256 MiB. */
const largestValueBytes: number = 268_435_456;

/** A longer timer of Node's would fire at once. */
const longestTimerMs = 2 ** 31 - 1;
const tlsNames = ['ca', 'cert', 'key', 'servername'];
const ownConnection = [
  'url',
  'username',
  'password',
  'database',
  'maxConnections',
  'connectionTimeoutMs',
  'tls',
] as const;

export function readSettings(options: RedisAdapterOptions): Settings {
  const { name = 'redis', connectionTimeoutMs = 5000, maxConnections = 10, tls } = options;
  const invalid = (reason: string) => configError(name, reason);
  if (
    !(
      typeof connectionTimeoutMs === 'number' &&
      connectionTimeoutMs > 0 &&
      connectionTimeoutMs <= longestTimerMs
    )
  )
    throw invalid(
      `connectionTimeoutMs is above 0 and at most ${longestTimerMs}, got ${String(connectionTimeoutMs)}`,
    );
  if (!(Number.isInteger(maxConnections) && maxConnections >= 1))
    throw invalid(`maxConnections is a whole number from 1, got ${String(maxConnections)}`);
  const maxValueBytes = readMaxValueBytes(options);
  const target = readTarget(options, invalid);
  if (tls !== undefined && !target.tls) throw invalid('tls options need a rediss:// URL');
  const unknown = Object.keys(tls ?? {}).find((option) => !tlsNames.includes(option));
  if (unknown !== undefined)
    throw invalid(`tls.${unknown} is not supported, only ${tlsNames.join(', ')}`);
  // Named, because NODE_TLS_REJECT_UNAUTHORIZED would switch an unnamed check off.
  const checked = target.tls ? { ...tls, rejectUnauthorized: true } : undefined;
  return { name, target, tls: checked, connectionTimeoutMs, maxValueBytes };
}

export function readMaxValueBytes(options: RedisAdapterOptions): number {
  const { name = 'redis', maxValueBytes = largestValueBytes } = options;
  const isInRange = maxValueBytes >= 1 && maxValueBytes <= largestValueBytes;
  if (Number.isInteger(maxValueBytes) && isInRange) return maxValueBytes;
  const range = `a whole number from 1 to ${largestValueBytes}`;
  throw configError(name, `maxValueBytes is ${range}, got ${String(maxValueBytes)}`);
}

export function checkGivenClient(options: RedisAdapterOptions): void {
  const { client, name = 'redis' } = options;
  const both = ownConnection.find((option) => options[option] !== undefined);
  if (both !== undefined)
    throw configError(name, `${both} has no effect on a client that was given: leave one out`);
  if (client?.options.keyPrefix)
    throw configError(name, 'the client adds a keyPrefix, which SCAN does not know: leave it out');
}

function readTarget(options: RedisAdapterOptions, invalid: (reason: string) => Error): Target {
  const { url = 'redis://localhost:6379' } = options;
  if (typeof url !== 'string') throw invalid(`url is a string, got ${typeof url}`);
  let target: Target;
  try {
    target = parseUrl(url);
  } catch (error) {
    throw invalid((error as Error).message);
  }
  const { database = 0 } = options;
  if (!(Number.isInteger(database) && database >= 0))
    throw invalid(`database is a whole number from 0, got ${String(database)}`);
  // 0 is what configuration files spell out as the default, so it does not contradict a URL.
  const chosen = database === 0 ? (target.database ?? 0) : database;
  if (target.database !== undefined && target.database !== chosen)
    throw invalid(`database is ${database}, but the URL says ${target.database}: drop one`);
  if (target.kind === 'cluster' && chosen !== 0)
    throw invalid(`a cluster has database 0 only, got ${chosen}`);
  const username = either('username', options.username, target.username, invalid);
  const password = either('password', options.password, target.password, invalid);
  if (username !== undefined && password === undefined)
    throw invalid('a username needs a password');
  return { ...target, username, password, database: chosen };
}

function either(
  what: string,
  option: string | undefined,
  ofUrl: string | undefined,
  invalid: (reason: string) => Error,
): string | undefined {
  if (option !== undefined && typeof option !== 'string')
    throw invalid(`${what} is a string, got ${typeof option}`);
  const given = option === '' ? undefined : option;
  if (given !== undefined && ofUrl !== undefined && given !== ofUrl)
    throw invalid(`${what} is given twice, in the URL and as an option, and differs: drop one`);
  return given ?? ofUrl;
}
