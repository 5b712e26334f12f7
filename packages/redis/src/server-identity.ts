import { isReply } from './errors.ts';
import type { Send } from './send.ts';

/** What a server says about itself. */
export interface ServerIdentity {
  readonly product: 'redis' | 'valkey' | 'dragonfly' | 'unknown';
  /** The product's own version, for example `8.0.2`; `''` when unknown. */
  readonly version: string;
  /** `master` or `replica`; `''` when unknown. */
  readonly role: string;
}

/** Asks with HELLO. Servers and proxies that do not know HELLO are `unknown`. */
export async function identify(send: Send): Promise<ServerIdentity> {
  try {
    return readHello(await send('HELLO', []));
  } catch (error) {
    if (isReply(error)) return readHello([]);
    throw error;
  }
}

/** The reply is a list of names and values, or an object on a client that speaks RESP3. */
function readHello(reply: unknown): ServerIdentity {
  const fields = new Map<string, unknown>();
  if (Array.isArray(reply)) {
    for (let i = 0; i + 1 < reply.length; i += 2) fields.set(String(reply[i]), reply[i + 1]);
  } else if (typeof reply === 'object' && reply !== null) {
    for (const [name, value] of Object.entries(reply)) fields.set(name, value);
  }
  const field = (name: string) => String(fields.get(name) ?? '');
  const role = field('role');
  const dragonfly = field('dragonfly_version');
  if (dragonfly !== '')
    return { product: 'dragonfly', version: dragonfly.replace(/^(df-)?v/, ''), role };
  const server = field('server');
  const product = server === 'redis' || server === 'valkey' ? server : 'unknown';
  return { product, version: product === 'unknown' ? '' : field('version'), role };
}

/** Whether `SET … NX GET` both stores and reports, so that a lease is one plain command. */
export function hasSetNxGet({ product, version }: ServerIdentity): boolean {
  return product !== 'unknown' && (product !== 'redis' || isAtLeast(version, 7, 0));
}

/** Whether `SET … IFEQ` exists, so that a fill is one plain command. */
export function hasSetIfeq({ product, version }: ServerIdentity): boolean {
  return (
    (product === 'valkey' && isAtLeast(version, 8, 1)) ||
    (product === 'redis' && isAtLeast(version, 8, 4))
  );
}

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [ofMajor = 0, ofMinor = 0] = version.split('.').map(Number);
  return ofMajor > major || (ofMajor === major && ofMinor >= minor);
}
