import type { Memjs, Reply } from './protocol.ts';

const replyMagic = 0x81;
const headerBytes = 24;

/** Cuts what arrives into replies. memjs's own reader waits for ever where this one throws. */
export class ReplyReader {
  readonly #memjs: Memjs;
  #chunks: Buffer[] = [];
  #heldBytes = 0;
  #neededBytes = headerBytes;

  constructor(memjs: Memjs) {
    this.#memjs = memjs;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#heldBytes += chunk.length;
  }

  /** The next complete reply, if there is one. Throws on bytes that are not memcached's. */
  next(): Reply | undefined {
    // Joined only when a reply is complete: a large value arrives in many chunks.
    if (this.#heldBytes < this.#neededBytes) return undefined;
    const bytes = this.#join();
    if (bytes[0] !== replyMagic) throw foreign(bytes);
    const bodyBytes = bytes.readUInt32BE(8);
    if (bytes.readUInt16BE(2) + bytes.readUInt8(4) > bodyBytes) {
      throw new Error('it sent a reply whose lengths contradict each other');
    }
    this.#neededBytes = headerBytes + bodyBytes;
    if (this.#heldBytes < this.#neededBytes) return undefined;
    const reply = this.#memjs.Utils.parseMessage(bytes);
    this.#heldBytes -= this.#neededBytes;
    this.#chunks = this.#heldBytes === 0 ? [] : [bytes.subarray(this.#neededBytes)];
    this.#neededBytes = headerBytes;
    return reply;
  }

  #join(): Buffer {
    const [only] = this.#chunks;
    if (only && this.#chunks.length === 1) return only;
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }
}

/** A server that is full says so in text. Nothing else is quoted: it may be a value. */
function foreign(bytes: Buffer): Error {
  const [complaint] = /^(?:ERROR|SERVER_ERROR)\b[ -~]{0,80}/.exec(bytes.toString('latin1')) ?? [];
  const what = complaint ? `it answered '${complaint}' in text` : 'its answer is something else';
  return new Error(`${what}, expected memcached's binary protocol`);
}
