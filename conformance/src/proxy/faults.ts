import type { Flow } from './lane.ts';
import type { Link } from './link.ts';

/**
 * What a proxy does to bytes that pass.
 *
 * A proxy reads no protocol (it also stands before TLS): a request is what a client sent at once,
 * a reply what the upstream sent at once. Pipelined ones may count as one.
 */
export interface Fault {
  readonly name: string;
  readonly flow?: Flow;
  /** In place of passing a request on. Also called for the request that is pending when the fault begins. */
  readonly onRequest?: (link: Link, bytes: Buffer) => void;
  /** In place of passing a reply on. */
  readonly onReply?: (link: Link, bytes: Buffer) => void;
}

export const pass: Fault = { name: 'pass' };

export const blackHole: Fault = { name: 'blackHole', flow: { held: true } };

export const finPending: Fault = { name: 'finPending', onRequest: (link) => link.finish() };

export const halfFrame: Fault = {
  name: 'halfFrame',
  onReply: (link, bytes) => {
    link.reply(firstHalf(bytes));
    link.finish();
  },
};

export const severMidReply: Fault = {
  name: 'severMidReply',
  onReply: (link, bytes) => {
    link.reply(firstHalf(bytes));
    link.reset();
  },
};

export function delay(delayMs: number): Fault {
  return { name: 'delay', flow: { delayMs } };
}

export function throttle(bytesPerSecond: number): Fault {
  return { name: 'throttle', flow: { bytesPerSecond } };
}

const noProtocol = Buffer.from('\u0000\u0001 this is no protocol \r\n\r\n');

export function garbage(bytes: Buffer = noProtocol): Fault {
  return answerAll('garbage', () => bytes);
}

/** Announces a reply of 2 GB, of which only the beginning comes. */
export const hugeLength: Fault = answerAll('hugeLength', (request) =>
  request[0] === memcachedRequest ? hugeMemcachedReply(request) : hugeRedisReply,
);

/** Passes each reply but the nth, in whose place the connection is reset. */
export function resetEvery(count: number): Fault {
  let replies = 0;
  return {
    name: 'resetEvery',
    onReply: (link, bytes) => {
      replies += 1;
      if (replies % count === 0) link.reset();
      else link.reply(bytes);
    },
  };
}

/** Passes one reply and appends bytes to it that nobody asked for. */
export function extraReply(extra: Buffer): Fault {
  let isDone = false;
  return {
    name: 'extraReply',
    onReply: (link, bytes) => {
      link.reply(isDone ? bytes : Buffer.concat([bytes, extra]));
      isDone = true;
    },
  };
}

/** Passes each reply twice. */
export const doubleReplies: Fault = {
  name: 'doubleReplies',
  onReply: (link, bytes) => link.reply(Buffer.concat([bytes, bytes])),
};

function answerAll(name: string, answer: (request: Buffer) => Buffer): Fault {
  return {
    name,
    onRequest: (link, request) => link.reply(answer(request)),
    // The upstream's own reply to a request from before.
    onReply: () => {},
  };
}

function firstHalf(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.floor(bytes.length / 2));
}

const hugeRedisReply = Buffer.from('$2147483647\r\nonly the beginning');

const memcachedRequest = 0x80;
const memcachedReply = 0x81;

/** A binary reply that carries the request's opcode and opaque, as its client expects. */
function hugeMemcachedReply(request: Buffer): Buffer {
  const header = Buffer.alloc(24);
  request.copy(header, 0, 0, 24);
  header.writeUInt8(memcachedReply, 0);
  header.writeUInt16BE(0, 2);
  header.writeUInt32BE(0, 4);
  header.writeUInt32BE(0x7fffffff, 8);
  return Buffer.concat([header, Buffer.from('only the beginning')]);
}
