import {
  type CacheAdapter,
  checkKey,
  checkTtlMs,
  checkValue,
  LEASE_MARKER,
  type Limits,
} from '@tasker-cache/core/adapter';
import { connect } from './connect.ts';
import type { Session } from './connection.ts';
import { deletePrefix } from './delete-prefix.ts';
import { Denials } from './denials.ts';
import { closedError, isReadOnly, isReply, operationError, ProtocolError } from './errors.ts';
import { fill, lease } from './lease.ts';
import { layout, mastersIn } from './masters.ts';
import { type RedisAdapterOptions, readMaxValueBytes } from './options.ts';
import { sendBy } from './send.ts';

/** Servers take more; core hashes longer keys. */
const maxKeyBytes = 65_536;

/** More keys go in several commands: one that is too long closes a Dragonfly connection. */
const keysPerGet = 1000;

/**
 * Stores in Redis, or in what speaks its protocol. Connects on first use.
 * Throws a `CacheError` with `CACHE_CONFIG_INVALID` when the options do not make sense.
 */
export function redisAdapter(options: RedisAdapterOptions = {}): CacheAdapter {
  const [connection, naming] = connect(options);
  const maxValueBytes = readMaxValueBytes(options);
  const limits: Limits = { ttlResolutionMs: 1, maxKeyBytes, maxValueBytes };
  const { name } = naming;
  const denials = new Denials();
  const run = async <T>(
    operation: string,
    keys: readonly string[],
    send: (session: Session) => Promise<T>,
  ): Promise<T> => {
    for (const key of keys) checkKey(adapter, operation, key);
    let session: Session | undefined;
    try {
      session = connection.session ?? (await connection.ready());
      denials.check(operation);
      const result = await send(session);
      if (!connection.isClosed) return result;
    } catch (error) {
      if (error instanceof ProtocolError) session?.drop();
      if (isReadOnly(error)) session?.renew();
      const wasConnected = session !== undefined;
      if (!connection.isClosed) {
        const refused = operationError(naming, operation, error, wasConnected);
        denials.note(operation, error, refused);
        throw refused;
      }
    }
    throw closedError(name, operation);
  };

  const adapter: CacheAdapter = {
    name,
    scope: 'shared',
    limits,
    get: (key) => run('get', [key], ({ send }) => send('GET', [key]).then(readValue)),
    async set(key, value, ttlMs) {
      checkValue(adapter, 'set', value);
      const px = wholeMs(adapter, 'set', ttlMs);
      return run('set', [key], async ({ send }) => {
        if ((await send('SET', [key, value, 'PX', px])) !== 'OK') throw unexpected('SET');
      });
    },
    delete: (key) =>
      run('delete', [key], async ({ send }) => {
        const count = Number(await send('DEL', [key]));
        if (!(count === 0 || count === 1)) throw unexpected('DEL');
        return count === 1;
      }),
    ping: () => run('ping', [], ping),
    async getMany(keys) {
      if (keys.length === 0) return [];
      return run('getMany', keys, (session) => getMany(session, keys));
    },
    deletePrefix: (prefix) =>
      run('deletePrefix', [prefix], (session) => deletePrefix(session, prefix)),
    async lease(key, token, leaseMs) {
      const px = wholeMs(adapter, 'lease', leaseMs);
      return run('lease', [key], (session) => lease(session, key, token, px));
    },
    async fill(key, token, value, ttlMs) {
      checkValue(adapter, 'fill', value);
      const px = wholeMs(adapter, 'fill', ttlMs);
      return run('fill', [key], (session) => fill(session, key, token, value, px));
    },
    recycle: () => connection.recycle(),
    close: () => connection.close(),
  };
  return adapter;
}

function unexpected(command: string): ProtocolError {
  return new ProtocolError(`the server's reply is none to ${command}`);
}

/** The longest TTL that the wire format and the server's clock arithmetic bear: 285,000 years. */
function wholeMs(adapter: CacheAdapter, operation: string, ttlMs: number): number {
  checkTtlMs(adapter, operation, ttlMs);
  return Math.min(Math.ceil(ttlMs), Number.MAX_SAFE_INTEGER);
}

/** A leased key is a miss; so is, among many, what is too large, as a list is. */
function readValue(reply: unknown): string | undefined {
  if (reply === null || isReply(reply)) return undefined;
  if (typeof reply !== 'string') throw unexpected('GET');
  return reply.startsWith(LEASE_MARKER) ? undefined : reply;
}

async function getMany(
  { send, cluster }: Session,
  keys: readonly string[],
): Promise<(string | undefined)[]> {
  // A cluster takes keys of one slot in one command, and two keys rarely share one.
  const size = cluster === undefined ? keysPerGet : 1;
  const replies: Promise<unknown>[] = [];
  for (let i = 0; i < keys.length; i += size)
    replies.push(send('MGET', size < keys.length ? keys.slice(i, i + size) : keys));
  const lists = await Promise.all(replies);
  const values = lists.every(Array.isArray) ? lists.flat() : [];
  if (values.length !== keys.length) throw unexpected('MGET');
  return values.map(readValue);
}

/** A cluster serves when every part of it does. */
async function ping({ send, cluster }: Session): Promise<void> {
  const masters = cluster === undefined ? [] : mastersIn(cluster, await layout(cluster));
  const ways = cluster === undefined ? [send] : masters.map(sendBy);
  const replies = await Promise.all(ways.map((way) => way('PING', [])));
  if (!replies.every((reply) => reply === 'PONG')) throw unexpected('PING');
}
