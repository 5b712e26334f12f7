import { once } from 'node:events';
import { connect } from 'node:net';
import { type OwnServer, startServer } from '@tasker-cache/conformance';

/** A server, and a way past every adapter to what it holds. */
export interface Store {
  readonly server: OwnServer;
  put(key: string, content: string | Buffer): Promise<void>;
  /** As the server has it; `undefined` if there is nothing. */
  read(key: string): Promise<string | undefined>;
}

export interface RedisStore extends Store {
  /** Runs one command as the default user without a password; resolves to the reply as sent. */
  run(...words: readonly (string | Buffer)[]): Promise<string>;
}

export async function startRedis(): Promise<RedisStore> {
  const server = await startServer('redis-8.0', { how: 'own' });
  const run = async (...words: readonly (string | Buffer)[]) => {
    const reply = await ask(server, Buffer.concat([respCommand(words), respCommand(['QUIT'])]));
    if (reply.startsWith('-')) throw new Error(reply);
    return reply;
  };
  return {
    server,
    run,
    async put(key, content) {
      await run('SET', key, content);
    },
    async read(key) {
      const reply = await run('GET', key);
      return reply.startsWith('$-1') ? undefined : body(reply, '\r\n+OK\r\n');
    },
  };
}

/** Over the text protocol, as Tasker's Rust server speaks it: keys without spaces. */
export async function startMemcached(): Promise<Store> {
  const server = await startServer('memcached-1.6.45', { how: 'own' });
  return {
    server,
    async put(key, content) {
      const bytes = Buffer.from(content);
      const parts = [`set ${key} 0 0 ${bytes.length}\r\n`, bytes, '\r\nquit\r\n'];
      const reply = await ask(server, Buffer.concat(parts.map((part) => Buffer.from(part))));
      if (reply !== 'STORED\r\n') throw new Error(reply);
    },
    async read(key) {
      const reply = await ask(server, Buffer.from(`get ${key}\r\nquit\r\n`));
      return reply === 'END\r\n' ? undefined : body(reply, '\r\nEND\r\n');
    },
  };
}

/** What stands between a reply's first line and its end. */
function body(reply: string, end: string): string {
  const from = reply.indexOf('\r\n') + 2;
  if (!reply.endsWith(end) || from > reply.length - end.length) throw new Error(reply);
  return reply.slice(from, -end.length);
}

function respCommand(words: readonly (string | Buffer)[]): Buffer {
  const parts = words.flatMap((word) => [`\r\n$${Buffer.byteLength(word)}\r\n`, word]);
  const whole = [`*${words.length}`, ...parts, '\r\n'];
  return Buffer.concat(whole.map((part) => Buffer.from(part)));
}

/** Sends a request that ends with the protocol's farewell; resolves to all that came back. */
async function ask({ host, port }: OwnServer, request: Buffer): Promise<string> {
  const socket = connect({ host, port });
  await once(socket, 'connect');
  socket.write(request);
  const pieces: Buffer[] = [];
  for await (const piece of socket) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}
