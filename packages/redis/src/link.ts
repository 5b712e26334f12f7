import type { Cluster, Redis } from 'ioredis';
import { createClient } from './create-client.ts';
import { isReply } from './errors.ts';
import type { Settings } from './options.ts';
import { guardReplies } from './reply-guard.ts';
import { type Send, sendBy, sendDirectly } from './send.ts';
import { batchWrites } from './write-batch.ts';

/** One ioredis client that connects once: when it ends, another link takes over. */
export interface Link {
  readonly send: Send;
  readonly cluster: Cluster | undefined;
  /** Resolves with why, once the client has lost its server (a cluster: every one). */
  readonly ended: Promise<Error>;
  /** Resolves once the client takes commands; rejects when `ended` resolves first. */
  connect(): Promise<void>;
  /** Drops every connection at once: what is pending rejects. Resolves once they are closed. */
  destroy(): Promise<unknown>;
}

/** What a server says to whom it does not let in at all. */
const turnedAway = /^(ERR max number of clients|DENIED )/;

/** How long a cluster's masters may take, once its layout is known, before the others go on alone. */
const masterPatienceMs = 1000;

/** `attempt` rotates the sentinels, so that a stale one does not stay the first to be asked. */
export async function createLink(settings: Settings, attempt: number): Promise<Link> {
  // Imported late: ioredis costs 100 ms, which a process that never connects need not pay.
  const ioredis = await import('ioredis');
  const connections = new Set<Redis>();
  let cause: Error | undefined;
  let farewell: Error | undefined;
  const remember = (error: Error) => {
    // These follow from an error before them, and say less.
    if (!/Connection is closed|All sentinels/.test(error.message)) cause = error;
  };
  /** ioredis throws it away; if nothing else serves, it says more than the broken connection. */
  const notice = (reply: Error) => {
    if (turnedAway.test(reply.message)) farewell = reply;
  };
  const adopt = (redis: Redis) => {
    connections.add(redis);
    redis.on('error', remember);
    redis.once('end', () => connections.delete(redis));
    redis.on('connect', () => equip(redis, settings, notice));
    adoptOthers(redis, adopt);
  };
  const client = createClient(ioredis, settings, attempt);
  const cluster = client instanceof ioredis.Cluster ? client : undefined;
  if (client instanceof ioredis.Redis) adopt(client);
  else client.on('+node', adopt);
  for (const event of ['error', 'node error', 'sentinelError']) client.on(event, remember);
  let refusal: Error | undefined;
  client.on('error', (error) => {
    if (isReply(error)) refusal = error;
  });

  const ended = new Promise<Error>((resolve) => {
    client.once('end', () => resolve(farewell ?? cause ?? new Error('the connection was closed')));
  });
  const lost = ended.then((error) => Promise.reject(error));
  lost.catch(() => {});

  let destroyed: Promise<unknown> | undefined;
  const destroy = () => {
    client.disconnect();
    return Promise.all([...connections].map(closeSocket));
  };

  return {
    send: client instanceof ioredis.Redis ? sendDirectly(client) : sendBy(client),
    cluster,
    ended,
    async connect() {
      await Promise.race([lost, client.connect().catch(() => lost)]);
      // A refused SELECT is only reported: without this, the cache would use database 0.
      if (refusal !== undefined) throw refusal;
      if (cluster !== undefined) await connectMasters(cluster);
      cause = undefined;
      farewell = undefined;
    },
    destroy() {
      destroyed ??= destroy();
      return destroyed;
    },
  };
}

/** Keys, and what a server tells about itself, are shorter. */
const leastStringBytes = 65_536;

function equip(redis: Redis, { maxValueBytes }: Settings, onError: (reply: Error) => void): void {
  // ioredis listens for one error only.
  redis.stream.on('error', () => {});
  batchWrites(redis.stream);
  guardReplies(redis, Math.max(maxValueBytes, leastStringBytes), onError);
}

/** A command to a node that is still connecting rejects, so they connect before the first one. */
async function connectMasters(cluster: Cluster): Promise<void> {
  const masters = cluster.nodes('master').filter(({ status }) => status === 'wait');
  const connected = Promise.allSettled(masters.map((node) => node.connect()));
  const patience = Promise.withResolvers<void>();
  const timer = setTimeout(patience.resolve, masterPatienceMs);
  await Promise.race([connected, patience.promise]);
  clearTimeout(timer);
}

async function closeSocket({ stream }: Redis): Promise<void> {
  if (stream === undefined || stream.closed) return;
  const closed = new Promise((resolve) => stream.once('close', resolve));
  stream.destroy();
  await closed;
}

/** Adopts the clients that `redis` makes for itself, which it hands to nobody. */
function adoptOthers(redis: Redis, adopt: (other: Redis) => void): void {
  type Maker = Record<string, ((...args: unknown[]) => Redis) | undefined>;
  const watch = (maker: Maker, method: string) => {
    const make = maker[method]?.bind(maker);
    if (make === undefined) return;
    maker[method] = (...args) => {
      const other = make(...args);
      adopt(other);
      return other;
    };
  };
  // A cluster asks for its layout on a copy of a node's client.
  watch(redis as unknown as Maker, 'duplicate');
  watch((redis as unknown as { connector: Maker }).connector, 'connectToSentinel');
}
