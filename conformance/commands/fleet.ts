import { once } from 'node:events';
import { connect, createServer, type Server as TcpServer } from 'node:net';
import { withFreePorts } from '../src/free-ports.ts';
import { type FaultProxy, startProxy } from '../src/proxy/proxy.ts';
import type { ServerNode } from '../src/servers/server.ts';

/** A fault proxy in front of every node of one server, all of them in the same mode. */
export interface Fleet {
  /** Does to all what it is told; counts connections over all. */
  readonly proxy: FaultProxy;
  /** `host:port` of the proxy in front of this node. */
  addressOf(node: ServerNode): string;
  close(): Promise<void>;
}

/**
 * Nodes tell their clients each other's addresses: here they arrive as the proxies'. Only the ports
 * change, and all of them have five digits, so lengths in replies stay right.
 */
export async function startFleet(nodes: readonly ServerNode[]): Promise<Fleet> {
  const ports = new Map<number, number>();
  const gateways: TcpServer[] = [];
  const proxies: FaultProxy[] = [];
  for (const node of nodes) {
    const [gateway, port] = await startGateway(node, (reply) => rewritten(reply, ports));
    gateways.push(gateway);
    const proxy = await startProxy({ upstream: { host: '127.0.0.1', port } });
    proxies.push(proxy);
    ports.set(node.port, proxy.port);
  }
  return {
    proxy: together(proxies),
    addressOf: (node) => `127.0.0.1:${ports.get(node.port)}`,
    async close() {
      await Promise.all(proxies.map((proxy) => proxy.close()));
      for (const gateway of gateways) gateway.close();
    },
  };
}

const address = /(127\.0\.0\.1(?::|\r\n:|\r\n\$5\r\n))(\d{5})\b/g;

function rewritten(reply: Buffer, ports: ReadonlyMap<number, number>): Buffer {
  const text = reply.toString('latin1');
  if (!text.includes('127.0.0.1')) return reply;
  const replace = (_: string, host: string, port: string) =>
    host + String(ports.get(Number(port)) ?? port);
  return Buffer.from(text.replace(address, replace), 'latin1');
}

/** Passes requests on as they are, and replies through `rewrite`. */
function startGateway(
  { host, port: nodePort }: ServerNode,
  rewrite: (reply: Buffer) => Buffer,
): Promise<[TcpServer, number]> {
  return withFreePorts(1, undefined, async ([port = 0]) => {
    const gateway = createServer({ noDelay: true }, (client) => {
      const upstream = connect({ host, port: nodePort, noDelay: true });
      client.on('data', (bytes: Buffer) => upstream.write(bytes));
      upstream.on('data', (bytes: Buffer) => client.write(rewrite(bytes)));
      for (const [socket, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        socket.on('end', () => other.end());
        socket.on('error', () => other.resetAndDestroy());
        socket.on('close', () => other.destroy());
      }
    });
    gateway.listen(port, '127.0.0.1');
    await once(gateway, 'listening');
    return [gateway, port];
  });
}

/** One proxy that stands for all: a method is called on each, and numbers are sums. */
function together(proxies: readonly FaultProxy[]): FaultProxy {
  const [first] = proxies as [FaultProxy];
  return new Proxy(first, {
    get(_, name: keyof FaultProxy) {
      const values = proxies.map((proxy) => proxy[name]);
      const [value] = values;
      if (typeof value === 'function')
        return (...args: unknown[]) =>
          Promise.all(proxies.map((proxy) => Reflect.apply(proxy[name] as never, proxy, args)));
      if (name === 'connections' || name === 'accepted')
        return proxies.reduce((sum, proxy) => sum + proxy[name], 0);
      return value;
    },
  });
}
