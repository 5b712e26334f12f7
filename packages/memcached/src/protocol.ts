import type { Response } from 'memjs';

/** memjs as a module. Its import is lazy, so only the type is named here. */
export type Memjs = typeof import('memjs');

/** A reply as memjs parses it. */
export type Reply = Response;

/** The commands that this adapter sends, by their number in memcached's binary protocol. */
export const opcodes = {
  get: 0x00,
  set: 0x01,
  add: 0x02,
  delete: 0x04,
  noop: 0x0a,
  getWithKey: 0x0c,
  /** `getWithKey` that answers nothing on a miss. */
  getWithKeyQuietly: 0x0d,
  stat: 0x10,
  saslMechanisms: 0x20,
  saslLogin: 0x21,
} as const;

export const statuses = {
  ok: 0x00,
  notFound: 0x01,
  exists: 0x02,
  tooLarge: 0x03,
  notStored: 0x05,
  notAuthenticated: 0x20,
  unknownCommand: 0x81,
} as const;

/** One command on its way. `cas` makes a `set` depend on the item being the one that has this id. */
export interface Command {
  readonly opcode: number;
  readonly key?: string;
  readonly extras?: Buffer;
  readonly value?: string;
  readonly cas?: Buffer;
}

/** Encodes commands under one opaque number, which memcached repeats in each reply. */
export function encode(memjs: Memjs, commands: readonly Command[], opaque: number): Buffer {
  const [only] = commands;
  if (only && commands.length === 1) return encodeOne(memjs, only, opaque);
  return Buffer.concat(commands.map((command) => encodeOne(memjs, command, opaque)));
}

const casOffset = 16;
const nothing = Buffer.alloc(0);

function encodeOne({ Utils }: Memjs, command: Command, opaque: number): Buffer {
  const { opcode, key = nothing, extras = nothing, value = nothing, cas } = command;
  const bytes = Utils.makeRequestBuffer(opcode, key, extras, value, opaque);
  cas?.copy(bytes, casOffset);
  return bytes;
}

/** Whether a reply with this opcode can answer the commands. */
export function canAnswer(opcode: number, commands: readonly Command[]): boolean {
  const first = commands[0]?.opcode;
  if (opcode === first || opcode === commands.at(-1)?.opcode) return true;
  // memcached answers the quiet command under the plain one's number.
  return first === opcodes.getWithKeyQuietly && opcode === opcodes.getWithKey;
}

/** Whether this reply is the last one to the commands. */
export function endsAnswer({ header }: Reply, commands: readonly Command[]): boolean {
  if (header.opcode !== commands.at(-1)?.opcode) return false;
  // Statistics come as many replies; an empty one is the end, and so is an error.
  const isMore = header.opcode === opcodes.stat && header.totalBodyLength > 0;
  return !isMore || header.status !== statuses.ok;
}
