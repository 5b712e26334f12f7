import { ask } from './ask.ts';
import type { Endpoint, Place, ServerTarget } from './target.ts';

/** Sends one command after the login, resolves with everything up to the reply's last byte. */
export async function askRedis(endpoint: Endpoint, ...command: string[]): Promise<string> {
  const { username = 'default', password } = endpoint;
  const login = password === undefined ? [] : ['AUTH', username, password];
  // PING closes the exchange: its reply comes last.
  const request = [login, command, ['PING']].filter((words) => words.length > 0).map(encode);
  const isComplete = (answer: Buffer) => /(\+PONG|-[A-Z]+ [^\r]*)\r\n$/.test(answer.toString());
  const answer = (await ask(endpoint, request.join(''), isComplete)).toString();
  const refusal = /^-(.*)\r$/m.exec(answer);
  if (refusal) throw new Error(`${endpoint.host}:${endpoint.port} refused: ${refusal[1]}`);
  return answer;
}

function encode(words: readonly string[]): string {
  const bulks = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${bulks.join('')}`;
}

/** The version of the product that runs there. Another product is an error, whatever it imitates. */
async function askVersion(endpoint: Endpoint, product: string): Promise<string> {
  const answer = await askRedis(endpoint, 'INFO', 'server');
  // The others name a redis_version too.
  for (const name of ['dragonfly', 'valkey', 'redis']) {
    const version = new RegExp(`^${name}_version:(?:df-v?|v)?([\\d.]+)`, 'm').exec(answer)?.[1];
    if (version === undefined) continue;
    if (name !== product) throw new Error(`is ${name} ${version}, not ${product}`);
    return version;
  }
  throw new Error('names no version in INFO server');
}

/** The arguments of one process that keeps nothing on disk. */
export function redisArgs({ bind, folder, ports }: Place, index: number): string[] {
  const storage = ['--save', '', '--appendonly', 'no', '--dir', folder];
  const network = ['--port', `${ports[index]}`, '--bind', bind, '--protected-mode', 'no'];
  return [...network, ...storage, '--daemonize', 'no'];
}

type Lone = Pick<ServerTarget, 'name' | 'version' | 'image'> & Partial<ServerTarget>;

/** A target of one redis process, unless told otherwise. */
export function redisTarget(target: Lone): ServerTarget {
  const { product = 'redis' } = target;
  return {
    product,
    variable: 'REDIS_URL',
    program: 'redis-server',
    access: { scheme: 'redis' },
    roles: ['master'],
    args: redisArgs,
    askVersion: (endpoint) => askVersion(endpoint, product),
    ...target,
  };
}

/** A target of one valkey process. */
export function valkeyTarget(target: Lone): ServerTarget {
  const valkey = { product: 'valkey', variable: 'VALKEY_URL', program: 'valkey-server' };
  return redisTarget({ ...valkey, ...target });
}
