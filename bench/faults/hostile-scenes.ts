import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnServer } from '@tasker-cache/conformance';
import { command } from './admin.ts';
import { type Backend, startBackend, urlOf } from './backends.ts';
import { hugePoison, neighbours, poison } from './hostile-keys.ts';
import type { Scene } from './scene.ts';

const poisonEveryMs = 500;

/** What was stored under the cache's keys is overwritten with what is no value, again and again. */
export async function poisoned(backend: Backend): Promise<Scene> {
  const server = await startPlain(backend);
  let poisoning = Promise.resolve();
  let isOver = false;
  const goOn = async () => {
    for (let from = 0; !isOver; from++) {
      for (const [index, text] of poison.entries()) {
        await store(backend, server, `tasker:generic:key-${(from + index) % 50}`, text);
      }
      if (backend.adapter === 'redis') {
        const list = `tasker:generic:key-${(from + poison.length) % 50}`;
        const huge = `tasker:generic:key-${(from + poison.length + 1) % 50}`;
        await command(server, ['DEL', list], ['RPUSH', list, 'x'], ['SET', huge, hugePoison]);
      }
      await sleep(poisonEveryMs);
    }
  };
  return {
    url: urlOf(server.url, backend.credentials),
    begin: async () => {
      poisoning = goOn();
    },
    end: async () => {
      isOver = true;
      await poisoning;
    },
    stop: () => server.stop(),
  };
}

/** The keys themselves are hostile; neighbours of theirs are looked after. */
export async function amongNeighbours(backend: Backend): Promise<Scene> {
  const server = await startPlain(backend);
  for (const name of neighbours) await store(backend, server, name, 'x');
  return {
    url: urlOf(server.url, backend.credentials),
    begin: async () => {},
    end: async () => {},
    async lostNeighbours() {
      const found = await Promise.all(neighbours.map((name) => isThere(backend, server, name)));
      return neighbours.filter((_, index) => !found[index]);
    },
    stop: () => server.stop(),
  };
}

/** memcached without a login, so that its text protocol answers. */
function startPlain(backend: Backend): Promise<OwnServer> {
  return startBackend({
    ...backend,
    targets: backend.targets.filter((target) => !target.endsWith('-sasl')),
  });
}

async function store(
  { adapter }: Backend,
  server: OwnServer,
  key: string,
  text: string | Buffer,
): Promise<void> {
  const bytes = Buffer.from(text);
  const head =
    adapter === 'redis'
      ? `*3\r\n$3\r\nSET\r\n$${Buffer.byteLength(key)}\r\n${key}\r\n$${bytes.length}\r\n`
      : `set ${key} 0 0 ${bytes.length}\r\n`;
  await ask(server, Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n')]));
}

async function isThere({ adapter }: Backend, server: OwnServer, key: string): Promise<boolean> {
  const question = adapter === 'redis' ? `EXISTS ${key}\r\n` : `get ${key}\r\n`;
  return /^(?::1|VALUE)/.test(await ask(server, question));
}

async function ask(
  { host, port }: Pick<OwnServer, 'host' | 'port'>,
  request: string | Buffer,
): Promise<string> {
  const socket = connect({ host, port });
  try {
    socket.write(request);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString();
  } finally {
    socket.destroy();
  }
}
