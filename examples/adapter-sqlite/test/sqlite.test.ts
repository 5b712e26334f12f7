import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '@tasker-cache/config';
import { consoleLogger, openCache } from '@tasker-cache/core';
import { afterAll, expect, test } from 'vitest';
import { sqlite, sqliteAdapter } from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'tasker-cache-sqlite-'));
const path = join(folder, 'cache.sqlite');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('entries in a file outlive the process that wrote them', async () => {
  const toml = `
    [common.cache]
    enabled = true
    backend = "sqlite"
    [common.cache.sqlite]
    path = "${path}"`;
  const options = { adapters: [sqlite], logger: consoleLogger('silent') };
  for (const written of [42, 43]) {
    const cache = await openCache(parseConfig(toml), options);
    expect(cache.status()).toMatchObject({ backend: 'sqlite', state: 'ready' });
    const total = await cache.region<number>('analytics').getOrLoad('total', async () => written);
    expect(total).toBe(42);
    await cache.close();
  }
});

test('two connections to one file are granted one lease', async () => {
  const [one, other] = [sqliteAdapter({ path }), sqliteAdapter({ path })];
  expect(await one.lease?.('key', 'token', 60_000)).toEqual({ state: 'granted' });
  expect(await other.lease?.('key', 'late', 60_000)).toEqual({ state: 'held', token: 'token' });
  expect(await other.delete('key')).toBe(true);
  expect(await one.fill?.('key', 'token', 'old', 60_000)).toBe(false);
  await Promise.all([one.close(), other.close()]);
});

test('keeps maxEntries, and lets those go first that expire next', async () => {
  const adapter = sqliteAdapter({ maxEntries: 50 });
  for (const index of Array(400).keys()) await adapter.set(`k${index}`, 'value', 60_000 + index);
  expect(await adapter.get('k399')).toBe('value');
  expect(await adapter.deletePrefix?.('k')).toBe(50);
  await adapter.close();
});

test('a file that is no database is an outage, until it is gone', async () => {
  const damaged = join(folder, 'damaged.sqlite');
  writeFileSync(damaged, 'this is no database, and long enough to tell'.repeat(100));
  const adapter = sqliteAdapter({ path: damaged });
  const error = { code: 'CACHE_UNAVAILABLE', adapter: 'sqlite', operation: 'get' };
  await expect(adapter.get('key')).rejects.toMatchObject(error);
  rmSync(damaged);
  expect(await adapter.get('key')).toBeUndefined();
  await adapter.close();
});

test.each([{ path: '' }, { maxEntries: 0 }, { maxEntries: 1.5 }])('refuses %o', (options) => {
  expect(() => sqliteAdapter(options)).toThrow(/^Adapter 'sqlite': /);
});
