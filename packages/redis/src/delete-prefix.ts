import type { Cluster } from 'ioredis';
import type { Session } from './connection.ts';
import { isReply, ProtocolError } from './errors.ts';
import { layout, mastersIn } from './masters.ts';
import { type Send, sendBy } from './send.ts';

const keysPerScan = 500;
const keysPerUnlink = 500;

/** Removes all keys that start with `prefix`, master by master; resolves to how many. */
export async function deletePrefix(session: Session, prefix: string): Promise<number> {
  const { send, cluster } = session;
  const pattern = `${prefix.replace(/[*?[\]\\]/g, '\\$&')}*`;
  if (cluster !== undefined) return deleteInCluster(send, cluster, pattern);
  return deleteOn(send, pattern, (keys) => unlink(send, keys));
}

/** A key that changes its master meanwhile could escape, so a change of the layout rejects. */
async function deleteInCluster(send: Send, cluster: Cluster, pattern: string): Promise<number> {
  const before = await layout(cluster);
  let count = 0;
  for (const master of mastersIn(cluster, before)) {
    // Keys of one master lie in many slots, and a command takes keys of one slot only.
    count += await deleteOn(sendBy(master), pattern, async (keys) => {
      const removed = await Promise.all(keys.map((key) => unlink(send, [key])));
      return removed.reduce((sum, one) => sum + one, 0);
    });
  }
  if (JSON.stringify(await layout(cluster)) !== JSON.stringify(before))
    throw new Error('the layout of the cluster changed during deletePrefix: repeat it');
  return count;
}

async function deleteOn(
  send: Send,
  pattern: string,
  remove: (keys: string[]) => Promise<number>,
): Promise<number> {
  let count = 0;
  let cursor = '0';
  do {
    const reply = await send('SCAN', [cursor, 'MATCH', pattern, 'COUNT', keysPerScan]);
    if (!(Array.isArray(reply) && Array.isArray(reply[1])))
      throw new ProtocolError('the reply to SCAN is no list');
    if (reply[1].some(isReply)) throw new Error('a key under the prefix is too long to be named');
    cursor = String(reply[0]);
    for (let i = 0; i < reply[1].length; i += keysPerUnlink)
      count += await remove(reply[1].slice(i, i + keysPerUnlink));
  } while (cursor !== '0');
  return count;
}

async function unlink(send: Send, keys: string[]): Promise<number> {
  const count = await send('UNLINK', keys);
  if (typeof count !== 'number') throw new ProtocolError('the reply to UNLINK is no number');
  return count;
}
