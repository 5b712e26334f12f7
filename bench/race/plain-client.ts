import { connect, type Socket } from 'node:net';

const deadlineMs = 250;

/** Reads one reply from the start of what came; `undefined` while it is not complete. Throws at nonsense. */
export type Parse<Reply> = (
  bytes: Buffer,
) => { readonly reply: Reply; readonly end: number } | undefined;

/** A client on a plain socket, one request at a time. After any fault it starts on a new socket. */
export class PlainClient<Reply> {
  readonly #address: { readonly host: string; readonly port: number };
  readonly #parse: Parse<Reply>;
  #socket: Socket | undefined;

  constructor(url: string, parse: Parse<Reply>) {
    const { hostname, port } = new URL(url);
    this.#address = { host: hostname, port: Number(port) };
    this.#parse = parse;
  }

  /** Rejects when the reply does not come, is cut off, or is followed by anything. */
  async send(request: string): Promise<Reply> {
    this.#socket ??= connect({ ...this.#address, noDelay: true }).on('error', () => {});
    const socket = this.#socket;
    try {
      return await this.#exchange(socket, request);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #exchange(socket: Socket, request: string): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const timer = setTimeout(() => reject(new Error('no answer in time')), deadlineMs);
    const onEnd = () => reject(new Error('the connection ended'));
    let bytes: Buffer = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      try {
        const parsed = this.#parse(bytes);
        if (parsed === undefined) return;
        if (parsed.end < bytes.length) throw new Error('more than one reply');
        resolve(parsed.reply);
      } catch (error) {
        reject(error);
      }
    };
    socket.on('data', onData).on('end', onEnd).on('close', onEnd);
    if (socket.closed || socket.readableEnded) onEnd();
    socket.write(request);
    return promise.finally(() => {
      clearTimeout(timer);
      socket.off('data', onData).off('end', onEnd).off('close', onEnd);
    });
  }
}
