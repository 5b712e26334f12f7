import type { CacheAdapter } from '@tasker-cache/core/adapter';
import type { Clause, Need, OwnedServer } from './clause.ts';

/** Why a clause is not run. */
export interface Obstacle {
  readonly state: 'not applicable' | 'not run';
  readonly reason: string;
}

export interface Circumstances {
  readonly adapter: CacheAdapter;
  readonly server: OwnedServer | undefined;
}

/** The first thing that a clause needs and that is not there. */
export function obstacleFor(clause: Clause, circumstances: Circumstances): Obstacle | undefined {
  for (const need of clause.needs ?? []) {
    const obstacle = checks[need](circumstances);
    if (obstacle) return obstacle;
  }
  return undefined;
}

const checks: Readonly<Record<Need, (given: Circumstances) => Obstacle | undefined>> = {
  getMany: ({ adapter }) => absent(adapter, 'getMany'),
  deletePrefix: ({ adapter }) => absent(adapter, 'deletePrefix'),
  lease: ({ adapter }) => absent(adapter, 'lease') ?? absent(adapter, 'fill'),
  recycle: ({ adapter }) => absent(adapter, 'recycle'),
  storage: ({ adapter }) =>
    adapter.scope === 'none' ? notApplicable("scope 'none': nothing is stored") : undefined,
  shared: ({ adapter }) =>
    adapter.scope === 'shared'
      ? undefined
      : notApplicable(`scope '${adapter.scope}': two instances do not share a store`),
  proxy: ({ adapter, server }) => {
    if (server) return undefined;
    return adapter.scope === 'shared'
      ? notRun('no server was given, so there is no connection to break')
      : notApplicable(`scope '${adapter.scope}' and no server: there is no connection to break`);
  },
  freeze: ({ server }) =>
    server?.freeze && server.thaw
      ? undefined
      : notRun('the kit cannot freeze this server: it did not start it'),
  restart: ({ server }) =>
    server?.kill && server.restart
      ? undefined
      : notRun('the kit cannot kill this server: it did not start it'),
  'own store': ({ adapter, server }) =>
    adapter.scope !== 'shared' || server?.restart
      ? undefined
      : notRun('an adapter that fails this would empty a server that others may use'),
};

function absent(adapter: CacheAdapter, method: keyof CacheAdapter): Obstacle | undefined {
  const isThere = adapter[method] !== undefined;
  return isThere ? undefined : notApplicable(`the adapter has no ${method}()`);
}

const notApplicable = (reason: string): Obstacle => ({ state: 'not applicable', reason });
const notRun = (reason: string): Obstacle => ({ state: 'not run', reason });
