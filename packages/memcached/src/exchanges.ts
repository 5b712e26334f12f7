import { type Failure, failed } from './errors.ts';
import { type Command, canAnswer, endsAnswer, type Reply, statuses } from './protocol.ts';

/** Commands that were sent together, and whoever waits for the answer. */
export interface Exchange {
  readonly operation: string;
  readonly commands: readonly Command[];
  readonly bytes: Buffer;
  /** The number that memcached repeats in each reply to these commands. */
  readonly opaque: number;
  readonly deadlineMs: number;
  readonly resolve: (replies: readonly Reply[]) => void;
  readonly reject: (error: Error) => void;
}

/** Who waits on one connection, in the order of sending, which is the order of the answers. */
export class Exchanges {
  readonly #server: string;
  readonly #waiting: Exchange[] = [];
  /** Replies to the first one, as long as more are to come. */
  #replies: Reply[] = [];

  constructor(server: string) {
    this.#server = server;
  }

  get firstDeadlineMs(): number {
    return this.#waiting[0]?.deadlineMs ?? Number.POSITIVE_INFINITY;
  }

  add(exchange: Exchange): void {
    this.#waiting.push(exchange);
  }

  /** What was added so far, encoded. */
  bytes(): Buffer[] {
    return this.#waiting.map(({ bytes }) => bytes);
  }

  /** Hands a reply to the first one. Throws when it answers anything else. */
  take(reply: Reply): void {
    const [exchange] = this.#waiting;
    if (!exchange) throw new Error('it sent a reply that nobody asked for');
    const { commands, opaque, resolve } = exchange;
    const { header } = reply;
    if (header.opaque !== opaque || !canAnswer(header.opcode, commands)) {
      throw new Error('it sent a reply to another request');
    }
    if (header.status === statuses.notAuthenticated) {
      throw new Error('it wants a user name and a password (SASL)');
    }
    this.#replies.push(reply);
    if (!endsAnswer(reply, commands)) return;
    this.#waiting.shift();
    resolve(this.#replies);
    this.#replies = [];
  }

  /** Rejects those whose deadline passed; returns how many these are. */
  rejectLate(nowMs: number, reason: string): number {
    const count = this.#waiting.findLastIndex(({ deadlineMs }) => deadlineMs <= nowMs) + 1;
    this.#reject(count, { code: 'CACHE_TIMEOUT', reason });
    return count;
  }

  rejectAll(failure: Failure): void {
    this.#reject(this.#waiting.length, failure);
  }

  #reject(count: number, failure: Failure): void {
    for (const { operation, reject } of this.#waiting.splice(0, count)) {
      reject(failed(this.#server, operation, failure));
    }
  }
}
