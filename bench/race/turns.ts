import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TurnCounter extends AsyncDisposable {
  readonly port: number;
  /** How often a client sent something after an answer, which for one request at a time is a round trip. */
  readonly turns: number;
}

/** A TCP proxy that counts, whatever the protocol. */
export async function countTurns(upstream: { host: string; port: number }): Promise<TurnCounter> {
  let turns = 0;
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const target = connect({ host: upstream.host, port: upstream.port, noDelay: true });
    let isAnswered = true;
    client.on('data', (bytes) => {
      if (isAnswered) turns++;
      isAnswered = false;
      target.write(bytes);
    });
    target.on('data', (bytes) => {
      isAnswered = true;
      client.write(bytes);
    });
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get turns() {
      return turns;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
