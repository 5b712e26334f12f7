import { startServer } from '@tasker-cache/conformance';
import { command, commandWithoutWaiting, emptyMemcached, fillMemcached } from './admin.ts';
import { type Backend, type BackendName, startBackend, urlOf } from './backends.ts';
import { hostileKeys } from './hostile-keys.ts';
import { amongNeighbours, poisoned } from './hostile-scenes.ts';
import { onServer, type Scene, throughProxy } from './scene.ts';
import { behindTls } from './tls-scene.ts';

export interface Fault {
  readonly id: string;
  readonly title: string;
  /** There from the start: nothing is healthy before it ends. */
  readonly isFromStart?: boolean;
  /** The backend answers every request well or with a refusal, so the breaker must stay closed. */
  readonly isAnswered?: boolean;
  /** Poison or hostile input, which must not block the event loop. */
  readonly isHostile?: boolean;
  /** `analytics`: with the last good values kept. Default `generic`. */
  readonly usage?: 'analytics';
  /** How long a load takes. Default 5. */
  readonly loaderMs?: number;
  /** A short one means that some key is always being loaded. Default 5,000. */
  readonly ttlMs?: number;
  /** Default `key-0` to `key-49`. */
  readonly keys?: readonly string[];
  /** Makes the run's `ping` take this long, so that the circuit stays half-open. */
  readonly slowProbeMs?: number;
  /** Why the fault has no meaning on a backend. */
  readonly without?: Partial<Record<BackendName, string>>;
  readonly setUp: (backend: Backend) => Promise<Scene>;
}

const noPermissions = { memcached: 'memcached has no permissions by command' };
const killed = onServer(
  (server) => server.kill(),
  (server) => server.restart(),
);

const frozen = onServer(
  (server) => server.freeze(),
  (server) => server.thaw(),
);

export const faults: readonly Fault[] = [
  {
    id: 'a',
    title: 'absent at start, appears later',
    isFromStart: true,
    setUp: throughProxy((proxy) => proxy.refuse()),
  },
  { id: 'b', title: 'kill -9, restart', setUp: killed },
  {
    id: 'c',
    title: 'frozen (SIGSTOP), thawed',
    setUp: frozen,
  },
  {
    id: 'c2',
    title: 'as c, while loads of 300 ms run',
    loaderMs: 300,
    ttlMs: 400,
    setUp: frozen,
  },
  {
    id: 'd',
    title: 'accepts and never answers, from the start',
    isFromStart: true,
    setUp: throughProxy((proxy) => proxy.blackHole()),
  },
  { id: 'e', title: '+300 ms per reply', setUp: throughProxy((proxy) => proxy.delay(300)) },
  { id: 'f', title: 'reset each 50 replies', setUp: throughProxy((proxy) => proxy.resetEvery(50)) },
  {
    id: 'g1',
    title: 'garbage in place of replies',
    setUp: throughProxy((proxy) => proxy.garbage(), { dropsConnection: true }),
  },
  { id: 'g2', title: 'extra replies, one each 200 ms', setUp: extraReplies() },
  {
    id: 'g3',
    title: 'replies announce 2 GB',
    setUp: throughProxy((proxy) => proxy.hugeLength(), { dropsConnection: true }),
  },
  { id: 'h', title: 'full, evicts nothing', isAnswered: true, setUp: full },
  {
    id: 'i1',
    title: 'read-only replica',
    isAnswered: true,
    without: { memcached: 'memcached has no replicas' },
    setUp: onServer(
      // A replica of nobody: it serves what it has, and refuses writes.
      (server) => command(server, ['REPLICAOF', '127.0.0.1', '1']),
      (server) => command(server, ['REPLICAOF', 'NO', 'ONE']),
    ),
  },
  {
    id: 'i2',
    title: 'LOADING',
    without: {
      memcached: 'memcached loads nothing',
      dragonfly: 'Dragonfly has no way to load slowly',
    },
    setUp: loading,
  },
  {
    id: 'j1',
    title: 'wrong password',
    isFromStart: true,
    without: { dragonfly: 'Dragonfly takes no users as arguments' },
    setUp: wrongPassword,
  },
  {
    id: 'j2',
    title: 'ACL denies everything but PING',
    isAnswered: true,
    without: { ...noPermissions, dragonfly: 'Dragonfly takes no users as arguments' },
    setUp: onServer(
      (server, backend) => rights(server, backend, ['-@all', '+ping', '+hello', '+client']),
      (server, backend) => rights(server, backend, ['+@all']),
    ),
  },
  { id: 'k', title: 'FIN in place of a reply', setUp: throughProxy((proxy) => proxy.finPending()) },
  { id: 'l', title: 'half a reply, then FIN', setUp: throughProxy((proxy) => proxy.halfFrame()) },
  { id: 'm', title: 'DNS fails, then works', isFromStart: true, setUp: unresolved },
  {
    id: 'n1',
    title: 'TLS: a certificate of an unknown authority',
    isFromStart: true,
    without: { memcached: 'memjs has no TLS' },
    setUp: behindTls('foreign'),
  },
  {
    id: 'n2',
    title: 'TLS: an expired certificate',
    isFromStart: true,
    without: { memcached: 'memjs has no TLS' },
    setUp: behindTls('expired'),
  },
  {
    id: 'q1',
    title: 'stored values are poison',
    isAnswered: true,
    isHostile: true,
    setUp: poisoned,
  },
  {
    id: 'q2',
    title: 'hostile keys',
    isAnswered: true,
    isHostile: true,
    keys: hostileKeys,
    setUp: amongNeighbours,
  },
  { id: 'o', title: 'as b, analytics keeps the last values', usage: 'analytics', setUp: killed },
  { id: 'p', title: 'as b, a probe takes 2 s', slowProbeMs: 2000, setUp: killed },
];

function extraReplies(): Fault['setUp'] {
  const timers = new Map<unknown, NodeJS.Timeout>();
  return throughProxy(
    (proxy, { extraReply }) => {
      const add = () => void proxy.extraReply(extraReply);
      add();
      timers.set(proxy, setInterval(add, 200));
    },
    { dropsConnection: true, end: (proxy) => clearInterval(timers.get(proxy)) },
  );
}

function full(backend: Backend): Promise<Scene> {
  if (backend.adapter === 'memcached') {
    const targets = backend.targets.filter((target) => !target.endsWith('-sasl'));
    const args = ['--disable-evictions', '--memory-limit', '2'];
    return onServer(fillMemcached, emptyMemcached, args)({ ...backend, targets });
  }
  return onServer(
    (server) => command(server, ['CONFIG', 'SET', 'maxmemory', '1']),
    (server) => command(server, ['CONFIG', 'SET', 'maxmemory', '0']),
    ['--maxmemory-policy', 'noeviction'],
  )(backend);
}

/** A real one: the server saves 20 MB and loads them again, slowed down to 200 s by its own setting. */
function loading(backend: Backend): Promise<Scene> {
  return onServer(
    async (server) => {
      await command(
        server,
        ['CONFIG', 'SET', 'rdbcompression', 'no'],
        ['DEBUG', 'POPULATE', '20000', 'filling', '1024'],
        // It answers between two keys.
        ['CONFIG', 'SET', 'loading-process-events-interval-bytes', '1024'],
        ['CONFIG', 'SET', 'key-load-delay', '10000'],
      );
      await commandWithoutWaiting(server, 'DEBUG', 'RELOAD');
    },
    (server) => command(server, ['CONFIG', 'SET', 'key-load-delay', '0']),
    ['--enable-debug-command', 'local'],
  )(backend);
}

function rights(
  server: Parameters<typeof command>[0],
  { credentials }: Backend,
  rules: readonly string[],
): Promise<void> {
  return command(server, ['ACL', 'SETUSER', credentials?.username ?? 'default', ...rules]);
}

const wrong = 'wr-3Xm/8d@Yp%z';

async function wrongPassword(backend: Backend): Promise<Scene> {
  if (backend.adapter === 'memcached') {
    const server = await startServer('memcached-sasl', { how: 'own' });
    const user = decodeURIComponent(new URL(server.url).username);
    const url = urlOf(server.url, { username: user, password: wrong });
    // Its users are read once, so the password stays wrong.
    return { url, begin: async () => {}, stop: () => server.stop() };
  }
  const server = await startBackend(backend);
  const username = backend.credentials?.username ?? '';
  return {
    url: urlOf(server.url, { username, password: wrong }),
    begin: async () => {},
    end: () => command(server, ['ACL', 'SETUSER', username, `>${wrong}`]),
    stop: () => server.stop(),
  };
}

/** A name that only the run's own resolver knows, and only when the fault has ended. */
async function unresolved(backend: Backend): Promise<Scene> {
  const server = await startBackend(backend);
  const host = 'cache.invalid';
  const url = urlOf(server.url, backend.credentials).replace('127.0.0.1', host);
  return { url, unresolved: host, begin: async () => {}, end: async () => {}, stop: server.stop };
}
