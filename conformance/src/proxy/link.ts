import { connect, type Socket } from 'node:net';
import type { Fault } from './faults.ts';
import { Lane } from './lane.ts';

export interface Upstream {
  readonly host: string;
  readonly port: number;
}

/** One client's connection and its own connection to the upstream server. */
export class Link {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #requests: Lane;
  readonly #replies: Lane;
  readonly #fault: () => Fault;
  /** The last bytes the client sent and got no answer to. */
  #pending: Buffer | undefined;

  constructor(client: Socket, upstream: Upstream, fault: () => Fault) {
    this.#client = client;
    this.#upstream = connect({ ...upstream, allowHalfOpen: true, noDelay: true });
    this.#fault = fault;
    this.#requests = new Lane(client, this.#upstream, () => ({
      held: fault().flow?.held ?? false,
    }));
    this.#replies = new Lane(this.#upstream, client, () => fault().flow ?? {});
    client.on('data', (bytes: Buffer) => this.#onRequest(bytes));
    client.on('end', () => this.#onClientEnd());
    // 'close' follows.
    client.on('error', () => {});
    client.on('close', () => this.#upstream.destroy());
    this.#upstream.on('data', (bytes: Buffer) => this.#onReply(bytes));
    this.#upstream.on('end', () => this.#replies.end());
    this.#upstream.on('error', () => this.reset());
  }

  /** Resumes what the fault of before held back. */
  refresh(): void {
    this.#requests.pump();
    this.#replies.pump();
    const { onRequest } = this.#fault();
    if (this.#pending && onRequest) onRequest(this, this.#pending);
  }

  request(bytes: Buffer): void {
    this.#requests.push(bytes);
  }

  reply(bytes: Buffer): void {
    this.#replies.push(bytes);
  }

  /** Sends FIN to the client, after the replies that are under way. */
  finish(): void {
    this.#replies.end();
    this.#upstream.destroy();
  }

  /** Sends RST to the client. */
  reset(): void {
    this.#client.resetAndDestroy();
    this.#upstream.destroy();
  }

  #onClientEnd(): void {
    // In a black hole nothing can come back: a client that says it is done has left.
    if (this.#fault().flow?.held) this.#client.destroy();
    else this.#requests.end();
  }

  #onRequest(bytes: Buffer): void {
    this.#pending = bytes;
    const { onRequest } = this.#fault();
    if (onRequest) onRequest(this, bytes);
    else this.request(bytes);
  }

  #onReply(bytes: Buffer): void {
    this.#pending = undefined;
    const { onReply } = this.#fault();
    if (onReply) onReply(this, bytes);
    else this.reply(bytes);
  }
}
