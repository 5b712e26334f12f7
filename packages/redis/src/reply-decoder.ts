import { ProtocolError, ReplyError } from './errors.ts';

/** A reply in RESP2. Lists nest. */
export type Reply = string | number | null | ReplyError | Reply[];

const plus = 0x2b;
const minus = 0x2d;
const colon = 0x3a;
const dollar = 0x24;
const star = 0x2a;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/** What the server itself allows, and deeper and longer lists than any of our commands is answered by. */
const longestString = 512 * 1024 * 1024;
const maxItems = 2 ** 24;
const maxDepth = 8;
const maxLineBytes = 65_536;

/**
 * Cuts what arrives on a connection into replies.
 *
 * Stricter than ioredis's own decoder, which takes what it cannot read for a length, and hands out
 * the replies that follow as one value. Throws a `ProtocolError` on anything that is not RESP2;
 * what was decoded up to then has been taken, and the decoder must not be used any more.
 */
export class ReplyDecoder {
  readonly #take: (reply: Reply) => void;
  readonly #maxStringBytes: number;
  /** Pieces of an element that has not arrived whole, and how many bytes it needs. */
  #pieces: Buffer[] = [];
  #missing = 0;
  /** What is still to come of a string that is too large. */
  #skipping = 0;
  /** The lists that are still open, the innermost last. */
  readonly #open: { items: Reply[]; length: number }[] = [];

  /** In place of a string above `maxStringBytes`, which is not kept, it takes a `ReplyError`. */
  constructor(take: (reply: Reply) => void, maxStringBytes: number = longestString) {
    this.#take = take;
    this.#maxStringBytes = maxStringBytes;
  }

  write(piece: Buffer): void {
    let data = piece;
    if (this.#pieces.length > 0) {
      this.#pieces.push(piece);
      this.#missing -= piece.length;
      if (this.#missing > 0) return;
      data = Buffer.concat(this.#pieces);
      this.#pieces = [];
    }
    let at = this.#skip(data, 0);
    while (at < data.length) {
      const end = this.#element(data, at);
      if (end > data.length) {
        this.#pieces = [at === 0 ? data : data.subarray(at)];
        this.#missing = end - data.length;
        return;
      }
      at = this.#skip(data, end);
    }
  }

  #skip(data: Buffer, start: number): number {
    if (this.#skipping === 0) return start;
    const end = Math.min(data.length, start + this.#skipping);
    this.#skipping -= end - start;
    if (this.#skipping > 0) return end;
    if (data[end - 1] !== lineFeed) throw garbled();
    const most = `at most ${this.#maxStringBytes} bytes are read`;
    return this.#add(new ReplyError(`TOOLARGE ${most}`), end);
  }

  /** Takes the element at `start`. Returns where it ends: past the data, if it is not all there. */
  #element(data: Buffer, start: number): number {
    const lineEnd = data.indexOf(carriageReturn, start);
    if (lineEnd === -1 || lineEnd + 1 === data.length) {
      if (data.length - start > maxLineBytes)
        throw new ProtocolError('a line of a reply is too long');
      checkType(data[start]);
      return data.length + 1;
    }
    const next = lineEnd + 2;
    if (data[lineEnd + 1] !== lineFeed) throw garbled();
    switch (data[start]) {
      case dollar: {
        const length = integer(data, start + 1, lineEnd);
        if (length === -1) return this.#add(null, next);
        if (length < 0 || length > longestString) throw garbled();
        if (length > this.#maxStringBytes) {
          this.#skipping = length + 2;
          return next;
        }
        const end = next + length;
        if (end + 2 > data.length) return end + 2;
        if (data[end] !== carriageReturn || data[end + 1] !== lineFeed) throw garbled();
        return this.#add(data.toString('utf8', next, end), end + 2);
      }
      case colon:
        return this.#add(integer(data, start + 1, lineEnd), next);
      case plus:
        return this.#add(data.toString('utf8', start + 1, lineEnd), next);
      case minus:
        return this.#add(new ReplyError(data.toString('utf8', start + 1, lineEnd)), next);
      case star: {
        const length = integer(data, start + 1, lineEnd);
        if (length === -1) return this.#add(null, next);
        if (length < 0 || length > maxItems || this.#open.length === maxDepth) throw garbled();
        if (length === 0) return this.#add([], next);
        this.#open.push({ items: [], length });
        return next;
      }
      default:
        throw garbled();
    }
  }

  #add(reply: Reply, next: number): number {
    let value = reply;
    for (let list = this.#open.at(-1); list !== undefined; list = this.#open.at(-1)) {
      list.items.push(value);
      if (list.items.length < list.length) return next;
      value = list.items;
      this.#open.pop();
    }
    this.#take(value);
    return next;
  }
}

function integer(data: Buffer, start: number, end: number): number {
  const isNegative = data[start] === minus;
  let number = 0;
  let at = isNegative ? start + 1 : start;
  if (at === end) throw garbled();
  for (; at < end; at++) {
    const digit = (data[at] as number) - 0x30;
    if (digit < 0 || digit > 9) throw garbled();
    number = number * 10 + digit;
  }
  return isNegative ? -number : number;
}

function checkType(type: number | undefined): void {
  if (type === undefined || ![plus, minus, colon, dollar, star].includes(type)) throw garbled();
}

function garbled(): ProtocolError {
  return new ProtocolError('the server sent bytes that are no reply');
}
