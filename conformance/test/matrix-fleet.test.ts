import { redisAdapter } from '@tasker-cache/redis';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Discovery, discoveryUrl } from '../commands/discovery.ts';
import { startFleet } from '../commands/fleet.ts';
import type { OwnServer } from '../src/servers/server.ts';
import { startServer } from '../src/servers/start-server.ts';

const keys = Array.from({ length: 50 }, (_, index) => `fleet:${index}`);
const servers = new Map<Discovery, OwnServer>();

beforeAll(async () => {
  for (const kind of ['cluster', 'sentinel'] as const)
    servers.set(kind, await startServer(`redis-${kind}`, { how: 'own' }));
});

afterAll(() => Promise.all([...servers.values()].map((server) => server.stop())));

test.each(['cluster', 'sentinel'] as const)(
  'faults reach a client of a %s on every connection that it makes',
  async (kind) => {
    const server = servers.get(kind) as OwnServer;
    const fleet = await startFleet(server.nodes);
    const adapter = redisAdapter({ url: discoveryUrl(kind, server, fleet.addressOf) });
    onTestFinished(async () => {
      await adapter.close();
      await fleet.close();
    });
    const outcomes = () =>
      Promise.all(keys.map((key) => adapter.get(key).catch((error) => error.code)));

    await Promise.all(keys.map((key) => adapter.set(key, key, 60_000)));
    expect(await outcomes()).toEqual(keys);
    if (kind === 'cluster') expect(fleet.proxy.connections).toBeGreaterThanOrEqual(3);
    await fleet.proxy.refuse();
    await expect.poll(() => fleet.proxy.connections).toBe(0);
    expect(new Set(await outcomes())).toEqual(new Set(['CACHE_UNAVAILABLE']));
    await fleet.proxy.heal();
    await expect.poll(outcomes, { timeout: 10_000 }).toEqual(keys);
  },
);
