import { once } from 'node:events';
import { connect } from 'node:net';
import type { OwnServer } from '@tasker-cache/conformance';
import { Redis } from 'ioredis';

type Address = Pick<OwnServer, 'host' | 'port'>;

/** Sends commands as the server's default user, one after the other. */
export async function command(
  { host, port }: Address,
  ...commands: readonly (readonly string[])[]
): Promise<void> {
  const client = new Redis({ host, port, protocol: 2, enableReadyCheck: false });
  client.on('error', () => {});
  try {
    for (const [name = '', ...args] of commands) await client.call(name, ...args);
  } finally {
    client.disconnect();
  }
}

/** Sends one command that blocks the server for long, and does not wait for its end. */
export async function commandWithoutWaiting(
  { host, port }: Address,
  ...words: readonly string[]
): Promise<void> {
  const socket = connect({ host, port });
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(`${words.join(' ')}\r\n`);
  socket.unref();
}

/** Writes items over memcached's text protocol until it is out of memory. */
export async function fillMemcached({ host, port }: Address): Promise<void> {
  const socket = connect({ host, port });
  await once(socket, 'connect');
  socket.setEncoding('latin1');
  try {
    // From large to small, so that no class of items keeps a free place.
    for (let bytes = 65_536; bytes >= 16; bytes /= 2) {
      let answer = '';
      for (let item = 0; !answer.startsWith('SERVER_ERROR') && item < 100_000; item++) {
        socket.write(`set fill-${bytes}-${item} 0 0 ${bytes}\r\n${'x'.repeat(bytes)}\r\n`);
        [answer] = (await once(socket, 'data')) as [string];
      }
    }
  } finally {
    socket.destroy();
  }
}

export async function emptyMemcached({ host, port }: Address): Promise<void> {
  const socket = connect({ host, port });
  await once(socket, 'connect');
  socket.write('flush_all\r\n');
  await once(socket, 'data');
  socket.destroy();
}
