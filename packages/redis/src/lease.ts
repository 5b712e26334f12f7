import { createHash } from 'node:crypto';
import { LEASE_MARKER, type Lease } from '@tasker-cache/core/adapter';
import type { Session } from './connection.ts';
import { isReply, isWrongType, ProtocolError } from './errors.ts';

const leaseScript = script(`
local present = redis.call('GET', KEYS[1])
if present then return present end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return false`);

const fillScript = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`);

/** Sets the marker only if nothing is there, and reports what is there, in one step. */
export async function lease(
  session: Session,
  key: string,
  token: string,
  leaseMs: number,
): Promise<Lease> {
  const marker = LEASE_MARKER + token;
  const reply = await firstSupported(
    session,
    'setNxGet',
    () => session.send('SET', [key, marker, 'NX', 'GET', 'PX', leaseMs]),
    () => run(session, leaseScript, key, [marker, leaseMs]),
  );
  if (reply === null) return { state: 'granted' };
  if (typeof reply !== 'string') throw new ProtocolError('the reply to a lease is no string');
  return reply.startsWith(LEASE_MARKER)
    ? { state: 'held', token: reply.slice(LEASE_MARKER.length) }
    : { state: 'hit', value: reply };
}

/** Replaces the marker of `token`, and nothing else, in one step. */
export async function fill(
  session: Session,
  key: string,
  token: string,
  value: string,
  ttlMs: number,
): Promise<boolean> {
  const marker = LEASE_MARKER + token;
  try {
    const reply = await firstSupported(
      session,
      'setIfeq',
      () => session.send('SET', [key, value, 'IFEQ', marker, 'PX', ttlMs]),
      () => run(session, fillScript, key, [marker, value, ttlMs]),
    );
    if (reply === 'OK' || reply === 1) return true;
    if (reply === null || reply === 0) return false;
    throw new ProtocolError('the reply to a fill is neither yes nor no');
  } catch (error) {
    // A list is not the marker.
    if (isWrongType(error)) return false;
    throw error;
  }
}

/** A syntax error means that nothing was done, so the script can take over for good. */
async function firstSupported(
  { commands }: Session,
  command: keyof Session['commands'],
  plain: () => Promise<unknown>,
  scripted: () => Promise<unknown>,
): Promise<unknown> {
  if (!commands[command]) return scripted();
  try {
    return await plain();
  } catch (error) {
    if (!(isReply(error) && /syntax error/i.test(error.message))) throw error;
    commands[command] = false;
    return scripted();
  }
}

/** One key, so a cluster knows where to run it. The server forgets scripts when it restarts. */
async function run(
  { send }: Session,
  { text, digest }: { text: string; digest: string },
  key: string,
  args: (string | number)[],
): Promise<unknown> {
  try {
    return await send('EVALSHA', [digest, 1, key, ...args]);
  } catch (error) {
    if (!(isReply(error) && error.message.startsWith('NOSCRIPT'))) throw error;
    return send('EVAL', [text, 1, key, ...args]);
  }
}

function script(text: string): { text: string; digest: string } {
  return { text, digest: createHash('sha1').update(text).digest('hex') };
}
