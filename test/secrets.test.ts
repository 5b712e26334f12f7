import { type OwnServer, startProxy, startServer } from '@tasker-cache/conformance';
import { type AdapterDefinition, CacheError, openCache } from '@tasker-cache/core';
import { memcached } from '@tasker-cache/memcached';
import { noop } from '@tasker-cache/noop';
import { redis } from '@tasker-cache/redis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Onlooker } from './onlooker.ts';
import { login, password, places, secrets, user } from './secret-places.ts';
import { type RedisStore, startRedis } from './stores.ts';
import { wrongConfigurations } from './wrong-configurations.ts';

const definitions = [redis, memcached];
const named = (some: typeof places) =>
  some.map((place) => [`${place.backend}, ${place.name}`, place] as const);

let onlooker: Onlooker;
const seeWarning = (warning: Error) => onlooker.see(warning);

beforeEach(() => {
  onlooker = new Onlooker();
  // What the clients of the servers print by themselves is seen too.
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...values) => onlooker.see(...values));
  }
  process.on('warning', seeWarning);
});
afterEach(() => {
  vi.restoreAllMocks();
  process.off('warning', seeWarning);
});

describe('a server that is away', () => {
  test.each(named(places))('shows no credential of %s', async (_, place) => {
    await onlooker.use(() => place.config({ host: '127.0.0.1', port: 1 }), definitions);
    expect(onlooker.shows('Failed to connect to')).toBe(true);
    expect(onlooker.found(secrets)).toEqual([]);
  });
});

describe('a server that refuses the password, or does not speak TLS', () => {
  let servers: Readonly<Record<'redis' | 'memcached', OwnServer>>;

  beforeAll(async () => {
    const store = await startRedis();
    await store.run('ACL', 'SETUSER', user, 'on', '>of someone else', '~*', '+@all');
    await store.run('CONFIG', 'SET', 'requirepass', 'of someone else');
    servers = {
      redis: store.server,
      memcached: await startServer('memcached-sasl', { how: 'own' }),
    };
  });
  afterAll(() => Promise.all(Object.values(servers ?? {}).map((server) => server.stop())));

  test.each(named(places))('shows no credential of %s', async (_, place) => {
    await onlooker.use(() => place.config(servers[place.backend]), definitions);
    expect(onlooker.shows('Failed to connect to')).toBe(true);
    if (place.isPlain) expect(onlooker.shows('refused the user name or the password')).toBe(true);
    expect(onlooker.found(secrets)).toEqual([]);
  });
});

describe('a Redis that lets us in', () => {
  let store: RedisStore;

  beforeAll(async () => {
    store = await startRedis();
    await store.run('ACL', 'SETUSER', user, 'on', `>${password}`, '~*', '+@all', '-set');
  });
  afterAll(() => store?.server.stop());

  test.each(named(places.filter(({ backend, isPlain }) => backend === 'redis' && isPlain)))(
    'and denies a command, and kills the connection, shows no credential of %s',
    async (_, place) => {
      await using proxy = await startProxy({ upstream: store.server });
      const cache = await onlooker.use(
        () => place.config(proxy),
        definitions,
        () => proxy.severMidReply(),
      );
      expect(onlooker.shows('Distributed cache provider initialized successfully')).toBe(true);
      expect(cache.stats().faults).toBeGreaterThan(0);
      expect(onlooker.shows('CACHE_UNAVAILABLE')).toBe(true);
      expect(onlooker.found(secrets)).toEqual([]);
    },
  );
});

describe('a memcached that kills the connection', () => {
  test.each(named(places.filter(({ backend, isPlain }) => backend === 'memcached' && isPlain)))(
    'and has no login shows no credential of %s',
    async (_, place) => {
      await using server = await startServer('memcached-1.6.45', { how: 'own' });
      await using proxy = await startProxy({ upstream: server });
      const cache = await onlooker.use(
        () => place.config(proxy),
        definitions,
        () => proxy.severMidReply(),
      );
      expect(onlooker.shows('has no login')).toBe(true);
      expect(cache.stats().faults).toBeGreaterThan(0);
      expect(onlooker.found(secrets)).toEqual([]);
    },
  );

  test('and lets us in shows neither user nor password', async () => {
    await using server = await startServer('memcached-sasl', { how: 'own' });
    await using proxy = await startProxy({ upstream: server });
    const [serverUser, serverPassword] = [new URL(server.url)].flatMap((url) =>
      [url.username, url.password].map(decodeURIComponent),
    ) as [string, string];
    const bare = `tcp://${proxy.host}:${proxy.port}`;
    for (const settings of [
      { url: proxy.url(server.url) },
      { url: bare, username: serverUser, password: serverPassword },
    ]) {
      await proxy.heal();
      const cache = await onlooker.use(
        () => ({ backend: 'memcached', settings }),
        definitions,
        () => proxy.severMidReply(),
      );
      expect(cache.stats().regions.generic?.stores).toBeGreaterThan(0);
      expect(cache.stats().faults).toBeGreaterThan(0);
    }
    expect(onlooker.found([serverUser, serverPassword])).toEqual([]);
  });
});

test('a TLS server of an unknown authority sees and shows no credential', async () => {
  await using server = await startServer('redis-tls', { how: 'own' });
  for (const place of places.filter(({ name }) => /TLS/.test(name))) {
    await onlooker.use(() => place.config(server), definitions);
  }
  expect(onlooker.shows('certificate')).toBe(true);
  expect(onlooker.found(secrets)).toEqual([]);
});

describe('a configuration that is refused', () => {
  test.each(wrongConfigurations)('shows no credential: %s', async (_, config) => {
    const cache = await onlooker.use(config, definitions);
    expect(cache.stats().faults).toBe(0);
    expect(onlooker.shows('CACHE_CONFIG_INVALID')).toBe(true);
    expect(onlooker.found(secrets)).toEqual([]);
  });
});

test("what an adapter's client threw is stripped before anybody sees it", async () => {
  const { logger } = onlooker;
  const thrown = Object.assign(new Error(`No answer from redis://${login}host`), {
    command: { name: 'auth', args: [user, password] },
  });
  const wrapped = () => new CacheError('CACHE_UNAVAILABLE', 'Away', { cause: thrown });
  for (const failure of [() => thrown, wrapped]) {
    const fail = () => Promise.reject(failure());
    const create: AdapterDefinition['create'] = async (context) =>
      Object.assign(await noop.create(context), { scope: 'shared', ping: fail, get: fail });
    const options = { adapters: [{ ...noop, name: 'other', create }], logger };
    const rejected = openCache({ backend: 'other' }, { ...options, required: true });
    onlooker.see(await rejected.catch((error: unknown) => error));
    await using cache = await openCache({ backend: 'other' }, options);
    await cache.region('generic').get('key');
    onlooker.see(cache, cache.status());
  }
  expect(onlooker.shows('No answer from redis://***@host')).toBe(true);
  expect(onlooker.found(secrets)).toEqual([]);
});

describe('the onlooker', () => {
  const leaky = (leak: AdapterDefinition['create']): AdapterDefinition => ({
    ...noop,
    name: 'leaky',
    create: leak,
  });
  const leaks: Readonly<Record<string, AdapterDefinition['create']>> = {
    'a log field': ({ logger }) => {
      logger.debug({ url: `redis://${login}host` }, 'Connecting');
      return noop.create({ logger, settings: {}, maxValueBytes: 1 });
    },
    'a hidden property of the adapter': async (context) =>
      Object.defineProperty(await noop.create(context), 'options', {
        value: { nested: { deep: [{ password }] } },
        enumerable: false,
      }),
    'a buffer': async (context) =>
      Object.assign(await noop.create(context), { auth: Buffer.from(`\0${user}\0${password}`) }),
    'the cause of an error': async (context) =>
      Object.assign(await noop.create(context), {
        ping: () => Promise.reject(new Error('away', { cause: { command: ['AUTH', password] } })),
      }),
    'a line on the console': (context) => {
      console.warn(`Using ${password}`);
      return noop.create(context);
    },
  };

  test.each(Object.entries(leaks))('sees a leak through %s', async (_, create) => {
    await onlooker.use(() => ({ backend: 'leaky' }), [leaky(create)]);
    expect(onlooker.found(secrets)).not.toEqual([]);
  });
});
