import { createRequire } from 'node:module';
import { redisAdapter } from '@tasker-cache/redis';
import type { Product } from './real.ts';

type Call = (command: string, ...args: (string | number)[]) => Promise<unknown>;

/** What the mutants use of an ioredis client. */
export interface RedisClient {
  call: Call;
  callBuffer(command: string, ...args: string[]): Promise<Buffer | null>;
  on(event: 'error', listener: () => void): void;
  disconnect(): void;
}

// The adapter's own ioredis, of which the kit needs none.
const fromAdapter = createRequire(new URL('../../packages/redis/package.json', import.meta.url));

/** Nothing waits for a server that is away, and nothing is sent twice. */
const careful = {
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  retryStrategy: () => 50,
};

export const realRedis: Product<RedisClient> = {
  target: 'redis-8.0',
  adapter: (url) => redisAdapter({ url }),
  client(url, options) {
    const { Redis } = fromAdapter('ioredis') as {
      Redis: new (url: string, options: object) => RedisClient;
    };
    const client = new Redis(url, { lazyConnect: true, ...careful, ...options });
    client.on('error', () => {});
    return client;
  },
  end: (client) => client.disconnect(),
};

/** The real adapter on a client of the caller. */
export function over(client: RedisClient): ReturnType<typeof redisAdapter> {
  return redisAdapter({ client: client as never });
}

/**
 * The real adapter, whose commands of one kind are changed on their way to the server. On
 * Redis 8.0, `SET PX` is a set, `SET NX` a lease and `EVALSHA` a fill.
 */
export function overCommands(
  client: RedisClient,
  kind: string,
  change: (send: Call, args: string[]) => Promise<unknown>,
): ReturnType<typeof redisAdapter> {
  const send = client.call.bind(client);
  client.call = (command, ...args) =>
    command === kind || `${command} ${args[2]}` === kind
      ? change(send, args.map(String))
      : send(command, ...args);
  return over(client);
}
