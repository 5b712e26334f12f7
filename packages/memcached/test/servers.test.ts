import { type OwnServer, startServer } from '@tasker-cache/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memcachedAdapter } from '../src/index.ts';
import { askInText, codeOf, type FullAdapter, minuteMs, versions } from './helpers.ts';

const keys = Array.from({ length: 60 }, (_, index) => `spread:${index}`);

describe('several servers', () => {
  let servers: OwnServer[];
  let adapter: FullAdapter;
  const urlOf = (all: readonly OwnServer[]) => all.map(({ host, port }) => `${host}:${port}`);
  beforeAll(async () => {
    const names = [...versions, versions[1]];
    servers = await Promise.all(names.map((name) => startServer(name, { how: 'own' })));
    adapter = memcachedAdapter({ url: `tcp://${urlOf(servers).join(',')}` }) as FullAdapter;
  });
  afterAll(async () => {
    await adapter.close();
    await Promise.all(servers.map((server) => server.stop()));
  });

  const isOn = async (server: OwnServer, key: string) =>
    (await askInText(server, `get ${key}`)).startsWith('VALUE');

  test('each key is on one of them, each of them has keys, and the order does not matter', async () => {
    await Promise.all(keys.map((key) => adapter.set(key, `of ${key}`, minuteMs)));
    const counts = [0, 0, 0];
    for (const key of keys) {
      const found = await Promise.all(servers.map((server) => isOn(server, key)));
      expect(found.filter(Boolean)).toHaveLength(1);
      counts[found.indexOf(true)] = (counts[found.indexOf(true)] as number) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(5);
    const turned = memcachedAdapter({ url: urlOf(servers).toReversed().join(',') }) as FullAdapter;
    expect(await turned.getMany(keys)).toEqual(keys.map((key) => `of ${key}`));
    await turned.close();
  });

  test('one is away: its keys reject, the others are served, nothing moves elsewhere', async () => {
    await adapter.getMany(keys);
    await servers[0]?.kill();
    const codes = await Promise.all(keys.map((key) => codeOf(adapter.set(key, 'new', minuteMs))));
    expect(new Set(codes)).toEqual(new Set(['resolved', 'CACHE_UNAVAILABLE']));
    expect(await codeOf(adapter.getMany(keys))).toBe('CACHE_UNAVAILABLE');
    expect(await codeOf(adapter.ping())).toBe('CACHE_UNAVAILABLE');
    await servers[0]?.restart();
    await adapter.ping();
    const values = await adapter.getMany(keys);
    expect(values).toEqual(codes.map((code) => (code === 'resolved' ? 'new' : undefined)));
  });
});
