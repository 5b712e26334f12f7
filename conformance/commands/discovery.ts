import type { Clause, ClauseContext } from '../src/clause.ts';
import type { Server, ServerNode } from '../src/servers/server.ts';
import { type Fleet, startFleet } from './fleet.ts';

/** What a client asks for further addresses. */
export type Discovery = 'cluster' | 'sentinel';

/** What the sentinels of the target `redis-sentinel` call their master. */
const sentinelGroup = 'tasker';

/** The URL of a cluster, or of a sentinel's group. */
export function discoveryUrl(
  kind: Discovery,
  { url, nodes }: Server,
  addressOf: (node: ServerNode) => string = ({ host, port }) =>
    host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
): string {
  const role = kind === 'cluster' ? 'master' : 'sentinel';
  // Of a server that was named by URL, one node is known, by the first role.
  const node = nodes.find((it) => it.role === role) ?? nodes[0];
  if (node === undefined) throw new Error('A server has at least one node');
  const { protocol, username, password } = new URL(url);
  const login = password === '' ? '' : `${username}:${password}@`;
  const path = kind === 'cluster' ? '' : `/${sentinelGroup}`;
  return `${protocol.slice(0, -1)}+${kind}://${login}${addressOf(node)}${path}`;
}

/** Why no fleet can stand in front of these nodes; `undefined` when one can. */
export function fleetObstacle({ how, nodes }: Server): string | undefined {
  if (how === 'url') return 'the kit knows one node of this server, and has to stand before all';
  const isLocal = nodes.every(({ host, port }) => host === '127.0.0.1' && port >= 10_000);
  return isLocal ? undefined : 'the nodes are not at 127.0.0.1, where the kit could stand in';
}

/**
 * The same clauses; those that break connections break the ones to all nodes. The fleets are the
 * caller's to close, when nobody uses an adapter behind them any more.
 */
export function withFleets(
  clauses: readonly Clause[],
  kind: Discovery,
  server: Server,
  fleets: Fleet[],
): Clause[] {
  return clauses.map((clause) => {
    if (!isAboutConnections(clause)) return clause;
    const run = async (context: ClauseContext) => {
      const fleet = await startFleet(server.nodes);
      fleets.push(fleet);
      await clause.run(behind(fleet, context, discoveryUrl(kind, server, fleet.addressOf)));
    };
    return { ...clause, run };
  });
}

/** Where the kit stops the server itself, the proxy only passes. */
export function isAboutConnections({ needs = [] }: Clause): boolean {
  return needs.includes('proxy') && !needs.includes('freeze') && !needs.includes('restart');
}

function behind({ proxy }: Fleet, context: ClauseContext, url: string): ClauseContext {
  const own: { adapter?: ClauseContext['adapter'] } = {};
  const create: ClauseContext['create'] = (other = url) => context.create(other);
  const adapter = () => {
    own.adapter ??= create();
    return own.adapter;
  };
  return Object.create(context, {
    proxy: { value: proxy },
    url: { value: url },
    create: { value: create },
    adapter: { get: adapter },
    having: { value: adapter },
  }) as ClauseContext;
}
