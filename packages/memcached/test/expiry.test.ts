import { type OwnServer, startServer } from '@tasker-cache/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toExpiry } from '../src/expiry.ts';
import { memcachedAdapter } from '../src/index.ts';
import { askInText, type FullAdapter, minuteMs, versions } from './helpers.ts';

const dayMs = 86_400_000;
const nowMs = Date.UTC(2030, 0, 1) + 1;

test.each([
  [Number.MIN_VALUE, 1],
  [1, 1],
  [999, 1],
  [1_000, 1],
  [1_000.001, 2],
  [3_600_000, 3_600],
  [30 * dayMs, 2_592_000],
  [30 * dayMs + 1, Date.UTC(2030, 0, 31) / 1_000 + 1],
  [31 * dayMs, Date.UTC(2030, 1, 1) / 1_000 + 1],
  [200 * 365 * dayMs, 2 ** 32 - 1],
  [Number.MAX_VALUE, 2 ** 32 - 1],
])('a TTL of %d ms is the expiry %d', (ttlMs, expiry) => {
  expect(toExpiry(ttlMs, nowMs)).toBe(expiry);
});

describe.each(versions)('%s', (version) => {
  let server: OwnServer;
  let adapter: FullAdapter;
  beforeAll(async () => {
    server = await startServer(version, { how: 'own' });
    adapter = memcachedAdapter({ url: server.url }) as FullAdapter;
  });
  afterAll(async () => {
    await adapter.close();
    await server.stop();
  });

  /** What the server itself says: seconds left, -1 for never. */
  const secondsLeft = async (key: string) => {
    const answer = await askInText(server, `mg ${key} t`);
    return Number(/t(-?\d+)/.exec(answer)?.[1]);
  };

  test.each([
    [1, 0, 1],
    [1_500, 1, 2],
    [minuteMs, 58, 60],
    [31 * dayMs, 31 * 86_400 - 3, 31 * 86_400 + 2],
  ])('the server keeps what was set for %d ms between %d and %d s', async (ttlMs, least, most) => {
    await adapter.set('lasting', 'value', ttlMs);
    const left = await secondsLeft('lasting');
    expect(left).toBeGreaterThanOrEqual(least);
    expect(left).toBeLessThanOrEqual(most);
  });

  test('a lease and a fill have TTLs of their own', async () => {
    await adapter.lease('leased', 'token', minuteMs);
    expect(await secondsLeft('leased')).toBeGreaterThan(50);
    await adapter.fill('leased', 'token', 'value', 10 * minuteMs);
    expect(await secondsLeft('leased')).toBeGreaterThan(500);
  });
});
