import type { ServerTarget } from '../../servers/target.ts';
import type { Server, ServerNode } from './server.ts';

type Description = Pick<Server, 'target' | 'url' | 'host' | 'port' | 'version' | 'nodes' | 'ca'>;

/** What clients of a started server need to know. */
export function describeServer(
  target: ServerTarget,
  nodes: readonly ServerNode[],
  files: Record<string, string>,
  version: string,
): Description {
  const { host, port } = nodes[0] as ServerNode;
  const { scheme, username = '', password } = target.access;
  const login = [username, password ?? ''].map(encodeURIComponent).join(':');
  const url = `${scheme}://${password === undefined ? '' : `${login}@`}${host}:${port}`;
  const ca = files[target.authority ?? ''];
  return { target: target.name, url, host, port, version, nodes, ...(ca !== undefined && { ca }) };
}
