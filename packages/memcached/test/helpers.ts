import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Server } from '@tasker-cache/conformance';
import { type CacheAdapter, CacheError } from '@tasker-cache/core';

export const versions = ['memcached-1.6.18', 'memcached-1.6.45'] as const;

export const minuteMs = 60_000;

/** An adapter with every optional operation that this package has. */
export type FullAdapter = CacheAdapter &
  Required<Pick<CacheAdapter, 'getMany' | 'lease' | 'fill' | 'recycle'>>;

/** Resolves to the code an operation rejects with, and to `resolved` when it does not. */
export async function codeOf(operation: Promise<unknown>): Promise<string> {
  try {
    await operation;
  } catch (error) {
    return CacheError.isInstance(error) ? error.code : `not a CacheError: ${String(error)}`;
  }
  return 'resolved';
}

export const codesOf = (operations: Promise<unknown>[]): Promise<string[]> =>
  Promise.all(operations.map(codeOf));

/** Waits until a condition holds, and throws when it does not within the bound. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  boundMs = 5_000,
): Promise<void> {
  const deadline = performance.now() + boundMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${boundMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Counts what is still pending after the bound. */
export async function pendingAfter(promises: Promise<unknown>[], boundMs: number): Promise<number> {
  let pending = promises.length;
  const done = () => {
    pending -= 1;
  };
  for (const promise of promises) promise.then(done, done);
  const deadline = performance.now() + boundMs;
  while (pending > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return pending;
}

/** Speaks the text protocol, as Tasker's Rust server does: sends a command, resolves to the answer. */
export async function askInText(
  { host, port }: { host: string; port: number },
  command: string,
): Promise<string> {
  const socket = connect({ host, port });
  socket.setEncoding('utf8');
  await once(socket, 'connect');
  socket.write(`${command}\r\n`);
  let answer = '';
  const ends = /(?:END|STORED|DELETED|NOT_FOUND|OK|EN|HD.*|ERROR.*|.*_ERROR.*)\r\n$/;
  for await (const part of socket) {
    answer += part;
    if (ends.test(answer)) break;
  }
  socket.destroy();
  return answer;
}

export interface Meddler extends AsyncDisposable {
  readonly url: string;
  /** How many connections there ever were. */
  accepted(): number;
}

/** A proxy that changes what the server sends. `meddle` sees the bytes as they arrive. */
export async function startMeddler(
  upstream: Pick<Server, 'host' | 'port'>,
  meddle: (bytes: Buffer, client: Socket) => Buffer,
): Promise<Meddler> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const proxy = createServer((client) => {
    accepted += 1;
    const server = connect({ host: upstream.host, port: upstream.port });
    for (const socket of [client, server]) sockets.add(socket.on('error', () => {}));
    client.on('data', (bytes) => server.write(bytes)).on('close', () => server.destroy());
    server
      .on('data', (bytes: Buffer) => client.write(meddle(bytes, client)))
      .on('close', () => client.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as { port: number };
  return {
    url: `tcp://127.0.0.1:${port}`,
    accepted: () => accepted,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
