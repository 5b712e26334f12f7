import { createServer, type Server, type Socket } from 'node:net';

/** Answers a command with RESP text, or with nothing when it writes to the socket itself. */
export type Answer = (command: readonly string[], socket: Socket) => string | undefined;

/** A server whose replies the test decides: for what no real server can be made to send. */
export interface RespServer extends AsyncDisposable {
  readonly url: string;
  /** All connections that were ever made. */
  readonly sockets: readonly Socket[];
  /** All commands after the handshake, `GET key` for example. */
  readonly commands: readonly string[];
}

/** `version` is what it says to be, as a Redis. */
export async function respServer(answer: Answer, version = '8.0.0'): Promise<RespServer> {
  const sockets: Socket[] = [];
  const commands: string[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    let pending = '';
    socket.on('error', () => {});
    socket.on('data', (data) => {
      pending += data.toString();
      for (let next = parse(pending); next; next = parse(pending)) {
        pending = next.rest;
        const handshake = handshakeReply(next.command, version);
        if (handshake === undefined) commands.push(next.command.join(' '));
        const reply = handshake ?? answer(next.command, socket);
        if (reply !== undefined) socket.write(reply);
      }
    });
  });
  const port = await listen(server);
  return {
    url: `redis://127.0.0.1:${port}`,
    sockets,
    commands,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

function handshakeReply([name, sub]: readonly string[], version: string): string | undefined {
  if (name === 'client' && /setinfo/i.test(sub ?? '')) return '+OK\r\n';
  if (name === 'HELLO')
    return `*4\r\n${['server', 'redis', 'version', version].map(bulk).join('')}`;
  return undefined;
}

function parse(text: string): { command: string[]; rest: string } | undefined {
  const [head, count] = /^\*(\d+)\r\n/.exec(text) ?? [];
  if (head === undefined) return undefined;
  const command: string[] = [];
  let at = head.length;
  for (let i = 0; i < Number(count); i++) {
    const [size, length] = /^\$(\d+)\r\n/.exec(text.slice(at)) ?? [];
    if (size === undefined) return undefined;
    const start = at + size.length;
    at = start + Number(length) + 2;
    if (text.length < at) return undefined;
    command.push(text.slice(start, at - 2));
  }
  return { command, rest: text.slice(at) };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}
