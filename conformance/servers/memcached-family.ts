import { ask } from './ask.ts';
import type { Endpoint, Place, ServerTarget } from './target.ts';

const headerBytes = 24;

/** The binary protocol's `version`, which needs no login. */
async function askVersion(endpoint: Endpoint): Promise<string> {
  const request = Buffer.alloc(headerBytes);
  request.writeUInt8(0x80, 0);
  request.writeUInt8(0x0b, 1);
  const isComplete = (answer: Buffer) =>
    answer.length >= headerBytes && answer.length >= headerBytes + answer.readUInt32BE(8);
  const answer = await ask(endpoint, request, isComplete);
  return answer.toString('utf8', headerBytes);
}

export function memcachedArgs({ bind, ports }: Place): string[] {
  const network = ['--listen', bind, '--port', `${ports[0]}`, '--udp-port', '0'];
  // It refuses to run as root unless told so; other users do not see this.
  return [...network, '--user', 'root'];
}

type Lone = Pick<ServerTarget, 'name' | 'version'> & Partial<ServerTarget>;

/** A target of one memcached process. */
export function memcachedTarget(target: Lone): ServerTarget {
  return {
    product: 'memcached',
    variable: 'MEMCACHED_URL',
    image: `memcached:${target.version}`,
    program: 'memcached',
    access: { scheme: 'memcached' },
    roles: ['master'],
    args: memcachedArgs,
    askVersion,
    ...target,
  };
}
