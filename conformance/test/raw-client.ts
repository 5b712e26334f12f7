import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** What becomes of a reset that follows data at once: Node 22's libuv takes it for the end. */
export const resetAfterData: string =
  Number.parseInt(process.versions.node, 10) < 24 ? 'fin' : 'ECONNRESET';

/** A bare socket that remembers what it received and how it ended: no client library in between. */
export class RawClient implements Disposable {
  readonly socket: Socket;
  /** `fin`: ended cleanly by the other side. Else the error's code, such as `ECONNRESET`. */
  readonly ended: Promise<string>;
  received: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.socket = socket;
    this.ended = new Promise((resolve) => {
      socket.on('end', () => resolve('fin'));
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
    socket.on('data', (bytes: Buffer) => {
      this.received = Buffer.concat([this.received, bytes]);
      socket.emit('received');
    });
  }

  static async open(port: number): Promise<RawClient> {
    const client = new RawClient(connect({ host: '127.0.0.1', port, noDelay: true }));
    await once(client.socket, 'connect');
    return client;
  }

  static async openTls(port: number, ca: string): Promise<RawClient> {
    const client = new RawClient(connectTls({ host: '127.0.0.1', port, ca }));
    await once(client.socket, 'secureConnect');
    return client;
  }

  send(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** Resolves with everything received so far, once it is at least this many bytes. */
  async receive(bytes: number): Promise<string> {
    const signal = AbortSignal.timeout(10_000);
    while (this.received.length < bytes) await once(this.socket, 'received', { signal });
    return this.received.toString('latin1');
  }

  /** Sends, and resolves with the next `bytes` bytes. Nothing may be under way. */
  async ask(request: string | Buffer, bytes: number): Promise<string> {
    const before = this.received.length;
    this.send(request);
    return (await this.receive(before + bytes)).slice(before);
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

/** How an attempt to connect ended: `open`, or the error's code. */
export async function attempt(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port });
  const failed = new Promise<string>((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
  });
  const open = new Promise<string>((resolve) => {
    socket.on('connect', () => resolve('open'));
  });
  const outcome = await Promise.race([open, failed]);
  socket.destroy();
  return outcome;
}
