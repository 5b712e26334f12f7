import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A relay at 127.0.0.1 that can repeat each reply. */
export interface Doubler {
  readonly url: string;
  isDoubling: boolean;
  close(): Promise<void>;
}

/** Relays to the host and port of `url`. */
export async function startDoubler(url: string): Promise<Doubler> {
  const { hostname: host, port } = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ host, port: Number(port), noDelay: true });
    upstream.on('data', (bytes) => {
      client.write(doubler.isDoubling ? Buffer.concat([bytes, bytes]) : bytes);
    });
    client.on('data', (bytes) => upstream.write(bytes));
    for (const [socket, other] of [[client, upstream] as const, [upstream, client] as const]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        other.destroy();
        sockets.delete(socket);
      });
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const ownUrl = new URL(url);
  ownUrl.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const doubler: Doubler = {
    url: ownUrl.href,
    isDoubling: false,
    async close() {
      const closed = once(server.close(), 'close');
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return doubler;
}
