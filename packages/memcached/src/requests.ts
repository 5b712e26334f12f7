import { LEASE_MARKER } from '@tasker-cache/core/adapter';
import type { Connection } from './connection.ts';
import { failed, refusedBy } from './errors.ts';
import { type Command, opcodes, type Reply, statuses } from './protocol.ts';

/** Sends one command. Rejects unless the reply has one of the expected statuses. */
export async function request(
  connection: Connection,
  operation: string,
  command: Command,
  expected: readonly number[],
): Promise<Reply> {
  const [reply] = await connection.send(operation, [command]);
  if (reply && expected.includes(reply.header.status)) return reply;
  throw refusedBy(connection.server, operation, reply);
}

/** The reply with the item under the key, or `undefined` on a miss. */
export async function read(
  connection: Connection,
  operation: string,
  key: string,
): Promise<Reply | undefined> {
  const [reply] = await connection.send(operation, [{ opcode: opcodes.get, key }]);
  if (reply && isOk(reply)) return reply;
  if (reply?.header.status === statuses.notFound) return undefined;
  throw refusedBy(connection.server, operation, reply);
}

/** Values in the order of the keys. One write: quiet reads, and a `noop` that ends the answer. */
export async function readMany(
  connection: Connection,
  operation: string,
  keys: readonly string[],
): Promise<(string | undefined)[]> {
  const commands: Command[] = keys.map((key) => ({ opcode: opcodes.getWithKeyQuietly, key }));
  commands.push({ opcode: opcodes.noop });
  const replies = await connection.send(operation, commands);
  const values = new Array<string | undefined>(keys.length).fill(undefined);
  let index = -1;
  // Misses have no reply; the others come in the order of the keys.
  for (const reply of replies.slice(0, -1)) {
    if (!isOk(reply)) throw refusedBy(connection.server, operation, reply);
    index = keys.indexOf(reply.key.toString(), index + 1);
    if (index === -1) {
      const reason = 'it sent a value for a key that was not asked for';
      connection.drop({ code: 'CACHE_UNAVAILABLE', reason });
      throw failed(connection.server, operation, { code: 'CACHE_UNAVAILABLE', reason });
    }
    values[index] = valueIn(reply);
  }
  return values;
}

/** The value that a reply carries, or `undefined` for a lease marker, which reads as a miss. */
export function valueIn({ val }: Reply): string | undefined {
  const text = val.toString();
  return text.startsWith(LEASE_MARKER) ? undefined : text;
}

export const isOk = ({ header }: Reply): boolean => header.status === statuses.ok;
