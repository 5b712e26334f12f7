import { randomBytes } from 'node:crypto';
import { type Server, startServer } from '@tasker-cache/conformance';

/** A backend that the demo can play on. */
export interface Backend {
  /** What tasker.toml says. */
  readonly name: string;
  readonly server?: {
    /** One of the conformance kit's servers. */
    readonly target: string;
    /** Names a running one, which is then used and left as it was. */
    readonly variable: string;
    /** The variable that tasker.toml takes the URL from. */
    readonly configured: string;
  };
}

export const backends: Readonly<Record<string, Backend>> = {
  moka: { name: 'moka' },
  redis: {
    name: 'redis',
    server: { target: 'redis-8.0', variable: 'REDIS_URL', configured: 'REDIS_URL' },
  },
  valkey: {
    name: 'redis',
    server: { target: 'valkey-8.1', variable: 'VALKEY_URL', configured: 'REDIS_URL' },
  },
  memcached: {
    name: 'memcached',
    server: { target: 'memcached-1.6.18', variable: 'MEMCACHED_URL', configured: 'MEMCACHED_URL' },
  },
  dragonfly: {
    name: 'dragonfly',
    server: { target: 'dragonfly', variable: 'DRAGONFLY_URL', configured: 'DRAGONFLY_URL' },
  },
};

/**
 * Starts or reaches the backend's server, and sets the environment that tasker.toml is read with,
 * here and in child processes. Rejects with what to do when the server cannot be had.
 */
export async function prepare({ name, server }: Backend): Promise<Server | undefined> {
  process.env.TASKER_CACHE_BACKEND = name;
  // A server that somebody else uses too must not hold entries of an earlier run.
  process.env.TASKER_CACHE_PREFIX = `demo-${randomBytes(4).toString('hex')}`;
  if (server === undefined) return undefined;
  const how = process.env[server.variable] ? 'url' : 'own';
  const running = await startServer(server.target, { how });
  process.env[server.configured] = running.url;
  return running;
}
