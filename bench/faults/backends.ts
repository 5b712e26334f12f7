import { type OwnServer, startServer } from '@tasker-cache/conformance';
import { memcachedExtra, redisExtra } from './extra-replies.ts';

export type BackendName = 'redis' | 'valkey' | 'dragonfly' | 'memcached';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A kind of server, and how the runs use it. */
export interface Backend {
  readonly name: BackendName;
  /** The adapter's name. */
  readonly adapter: 'redis' | 'memcached';
  /** The kit's targets, of which the first that starts is taken. */
  readonly targets: readonly string[];
  /** Who the cache logs in as; absent where the server's own way of it does not survive a restart. */
  readonly credentials: Credentials | undefined;
  /** Arguments that make the server know them. */
  readonly args: readonly string[];
  /** A sound reply to nobody, with another key's value. */
  readonly extraReply: Buffer;
}

/** Texts that appear nowhere else, so that any trace of them is a leak. */
const credentials: Credentials = { username: 'usr-4Zq7Lx', password: 'pw-9Kt/2v@Rb%w' };

const redisLike = {
  adapter: 'redis',
  credentials,
  args: ['--user', credentials.username, 'on', `>${credentials.password}`, '~*', '&*', '+@all'],
  extraReply: redisExtra,
} as const;

export const backends: Readonly<Record<BackendName, Backend>> = {
  redis: { ...redisLike, name: 'redis', targets: ['redis-8.0', 'redis-7.0'] },
  valkey: { ...redisLike, name: 'valkey', targets: ['valkey-8.1', 'valkey-9.1'] },
  dragonfly: {
    ...redisLike,
    name: 'dragonfly',
    targets: ['dragonfly'],
    credentials: undefined,
    args: [],
  },
  memcached: {
    name: 'memcached',
    adapter: 'memcached',
    targets: ['memcached-sasl', 'memcached-1.6.45', 'memcached-1.6.18'],
    credentials: undefined,
    args: [],
    extraReply: memcachedExtra,
  },
};

/** Starts the backend's first target that can be had. Rejects with the last one's reason. */
export async function startBackend(
  { targets, args }: Backend,
  more: readonly string[] = [],
): Promise<OwnServer> {
  let reason: unknown;
  for (const target of targets) {
    try {
      return await startServer(target, { how: 'own', args: [...args, ...more] });
    } catch (error) {
      reason = error;
    }
  }
  throw reason;
}

/** The server's URL as the cache is given it. */
export function urlOf(serverUrl: string, credentials: Credentials | undefined): string {
  if (credentials === undefined) return serverUrl;
  const url = new URL(serverUrl);
  url.username = encodeURIComponent(credentials.username);
  url.password = encodeURIComponent(credentials.password);
  return url.href;
}
