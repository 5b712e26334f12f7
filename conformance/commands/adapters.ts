import type { RunOptions } from '../src/run.ts';
import type { Server } from '../src/servers/server.ts';
import { type Discovery, discoveryUrl } from './discovery.ts';
import type { MatrixTarget } from './targets.ts';

/** How the kit creates the target's adapter. Imports the adapter's package alone. */
export async function creator(
  { adapter }: MatrixTarget,
  server?: Server,
  discovery?: Discovery,
): Promise<RunOptions['create']> {
  const trust = server?.ca === undefined ? {} : { tls: { ca: server.ca } };
  switch (adapter) {
    case 'memory': {
      const { memoryAdapter } = await import('@tasker-cache/memory');
      return () => memoryAdapter();
    }
    case 'noop': {
      const { noopAdapter } = await import('@tasker-cache/noop');
      return () => noopAdapter();
    }
    case 'memcached': {
      const { memcachedAdapter } = await import('@tasker-cache/memcached');
      return ({ url }) => memcachedAdapter({ url });
    }
    case 'dragonfly': {
      const { dragonflyAdapter } = await import('@tasker-cache/dragonfly');
      return ({ url }) => dragonflyAdapter({ url, ...trust });
    }
    case 'redis': {
      const { redisAdapter } = await import('@tasker-cache/redis');
      const known = discovery && server && discoveryUrl(discovery, server);
      const urlFor = (url: string) => (/^rediss?\+/.test(url) ? url : (known ?? url));
      return ({ url }) => redisAdapter({ url: urlFor(url), ...trust });
    }
  }
}
