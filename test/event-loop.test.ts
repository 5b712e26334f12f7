import { type Cache, openCache } from '@tasker-cache/core';
import { memcached } from '@tasker-cache/memcached';
import { redis } from '@tasker-cache/redis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Store, startMemcached, startRedis } from './stores.ts';

const operationTimeoutMs = 250;
const value = 'x'.repeat(1000);

describe.each([
  ['redis', startRedis],
  ['memcached', startMemcached],
] as const)('an application that blocks its event loop, on %s', (backend, start) => {
  let store: Store;
  let cache: Cache;
  const lines: string[] = [];

  beforeAll(async () => {
    store = await start();
  });
  beforeEach(async () => {
    lines.length = 0;
    const line = (_: object, message: string) => lines.push(message);
    cache = await openCache(
      {
        backend,
        operationTimeoutMs,
        circuitBreaker: { failureThreshold: 1 },
        settings: { url: store.server.url },
      },
      { adapters: [redis, memcached], logger: { debug() {}, info() {}, warn: line, error: line } },
    );
  });
  afterEach(() => cache?.close());
  afterAll(() => store?.server.stop());

  test.each([
    ['after its requests left', () => new Promise(setImmediate)],
    ['before its requests could leave', () => undefined],
  ])('%s gets the answers; nothing counts as an outage', async (_, leave) => {
    const region = cache.region<string>('generic');
    const names = Array.from({ length: 200 }, (_, i) => `key ${i}`);
    for (const name of names) await region.set(name, value);
    for (let i = 0; i < 2; i++) {
      const values = Promise.all(names.map((name) => region.get(name)));
      await leave();
      blockEventLoop(2 * operationTimeoutMs);
      expect(await values).toEqual(names.map(() => value));
    }
    expect(lines).toEqual([]);
    expect(cache.status().breaker).toBe('closed');
  });
});

/** As a long computation does. */
function blockEventLoop(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
