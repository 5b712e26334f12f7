import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Endpoint } from './target.ts';

const deadlineMs = 2_000;

/**
 * Sends bytes to a server and resolves with the first answer that is complete.
 * A certificate is not checked: this asks for a version, clients check.
 */
export function ask(
  { host, port, scheme }: Endpoint,
  request: string | Buffer,
  isComplete: (answer: Buffer) => boolean,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { host, port };
    const socket: Socket =
      scheme === 'rediss'
        ? connectTls({ ...options, rejectUnauthorized: false })
        : connectPlain(options);
    let answer = Buffer.alloc(0);
    const end = (error?: Error) => {
      socket.destroy();
      if (error) reject(error);
      else resolve(answer);
    };
    const late = () => end(new Error(`${host}:${port} gave no answer within ${deadlineMs} ms`));
    socket.setTimeout(deadlineMs, late);
    socket.on('error', end);
    socket.on('close', () => reject(new Error(`${host}:${port} closed the connection`)));
    socket.on('data', (bytes: Buffer) => {
      answer = Buffer.concat([answer, bytes]);
      if (isComplete(answer)) end();
    });
    socket.write(request);
  });
}
