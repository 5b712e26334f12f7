import { entryOf } from './values.ts';

const text: string = JSON.stringify(entryOf('somebody-else'));

/** A bulk string in RESP. */
export const redisExtra: Buffer = Buffer.from(`$${Buffer.byteLength(text)}\r\n${text}\r\n`);

/** A successful reply to a `get` in memcached's binary protocol. */
export const memcachedExtra: Buffer = memcachedReply();

function memcachedReply(): Buffer {
  const extras = Buffer.alloc(4);
  const header = Buffer.alloc(24);
  header.writeUInt8(0x81, 0);
  header.writeUInt8(extras.length, 4);
  header.writeUInt32BE(extras.length + Buffer.byteLength(text), 8);
  return Buffer.concat([header, extras, Buffer.from(text)]);
}
