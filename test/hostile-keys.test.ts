import { type Cache, openCache } from '@tasker-cache/core';
import { memcached } from '@tasker-cache/memcached';
import { redis } from '@tasker-cache/redis';
import { type HandlerMetadata, TemplateCache } from '@tasker-cache/tasker';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Store, startMemcached, startRedis } from './stores.ts';

/** What a pattern, a command or a shortened key could reach if the keys below were not opaque. */
const neighbours: readonly string[] = [
  ...['a', 'ab', 'b', '*', '?', 'x', 'tasker', 'tasker:', 'tasker:generic', 'tasker:generic:'],
  ...['a', 'ab', 'z', 'a:b', 'ab:child', 'z:child', 'zz:child', 'x:child', '%2A', '%2A:child'].map(
    (name) => `tasker:generic:${name}`,
  ),
  ...['a:name:1', 'ab:name:1', 'z:name:1', 'z:z:z', '%2A:name:1', 'x'.repeat(200)].map(
    (name) => `tasker:template:${name}`,
  ),
  ...['tasker:analytics:performance:24', 'taskers:generic:a', 'other:generic:a:child'],
];

const hostile: readonly string[] = [
  ...[
    '*',
    '**',
    '?',
    '??',
    '[a-z]',
    '[^b]',
    'a*',
    'a?',
    '\\',
    '\\*',
    '%',
    '%2A',
    ':',
    'a:b',
    '{a}',
    '..',
  ],
  ...[' ', 'two words', '\tx', 'x\0y', '\0', '\r\nflush_all\r\n', 'x\r\nFLUSHALL\r\n'],
  ...['x\r\ndelete a\r\n', 'x\r\n*2\r\n$3\r\nDEL\r\n$1\r\na\r\n', 'x noreply', '!lease:x', '$1'],
  ...['__proto__', 'constructor', 'ключ', '🔑', 'é', 'e\u0301', '\u00a0', '\u2028', '\u200b'],
  ...['x'.repeat(10_000), `${'x'.repeat(9_999)}y`, '\r\n'.repeat(5_000), '🔑'.repeat(2_500)],
];
/** No key at all: these cannot be encoded. */
const refused = ['', '\ud800', 'x\udc00y'];

const contentOf = (key: string) => JSON.stringify(`the content of ${key}`);
const never = () => expect.unreachable('it loaded');

let cache: Cache;
const lines: string[] = [];

describe.each([
  ['redis', startRedis],
  ['memcached', startMemcached],
] as const)('hostile keys on %s', (backend, start) => {
  const deletesPrefixes = backend === 'redis';
  let store: Store;

  beforeAll(async () => {
    store = await start();
    for (const key of neighbours) await store.put(key, contentOf(key));
  });
  beforeEach(async () => {
    lines.length = 0;
    const line = (_: object, message: string) => lines.push(message);
    cache = await openCache(
      {
        backend,
        operationTimeoutMs: 5000,
        circuitBreaker: { failureThreshold: 1 },
        settings: { url: store.server.url },
      },
      {
        adapters: [redis, memcached],
        logger: { debug() {}, info() {}, warn: line, error: line },
        required: true,
      },
    );
  });
  afterEach(() => cache?.close());
  afterAll(() => store?.server.stop());

  async function expectNeighboursUnhurt() {
    for (const key of neighbours) expect(await store.read(key), key).toBe(contentOf(key));
    expect(cache.status().breaker).toBe('closed');
    expect(lines.filter((line) => line.includes('Circuit breaker'))).toEqual([]);
    expect(await cache.healthCheck()).toBe(true);
  }

  test('are each a key of its own in a generic region, and nothing else', async () => {
    const region = cache.region<string>('generic');
    for (const key of hostile) await region.set(key, `set under ${key}`);
    for (const key of hostile) {
      expect(await region.get(key), key).toBe(`set under ${key}`);
      expect(await region.getOrLoad(key, never), key).toBe(`set under ${key}`);
    }
    expect(await region.getMany(hostile)).toEqual(hostile.map((key) => `set under ${key}`));
    for (const key of hostile) {
      expect(await region.delete(key), key).toEqual({ confirmed: true });
      expect(await region.get(key), key).toBeUndefined();
    }
    for (const key of hostile) await region.getOrLoad(key, () => `loaded for ${key}`);
    for (const key of hostile) {
      await expect.poll(() => region.get(key), { timeout: 5000 }).toBe(`loaded for ${key}`);
    }
    expect(lines).toEqual([]);
    await expectNeighboursUnhurt();
  });

  test('as prefixes reach what is below them, and nothing else', async () => {
    const region = cache.region<string>('generic');
    for (const key of hostile) await region.set([key, 'child'], 'below');
    for (const key of hostile) {
      expect(await region.get([key, 'child']), key).toBe('below');
      expect(await region.deletePrefix(key), key).toEqual({ confirmed: deletesPrefixes });
      expect(await region.get([key, 'child']), key).toBe(deletesPrefixes ? undefined : 'below');
    }
    await expectNeighboursUnhurt();
  });

  test('are templates of their own, by namespace, name and version', async () => {
    const templates = new TemplateCache(cache);
    const references = hostile.flatMap((text) => [
      { namespace: text, name: 'name', version: '1' },
      { namespace: 'z', name: text, version: text },
    ]);
    const loaded = (reference: (typeof references)[number]): HandlerMetadata => ({
      ...reference,
      handler_class: 'Handler',
      config_schema: null,
      default_dependent_system: null,
      registered_at: '2026-03-01T09:30:00Z',
    });
    for (const it of references) {
      expect(await templates.get(it, () => loaded(it))).toEqual(loaded(it));
    }
    for (const it of references) expect(await templates.get(it, never)).toEqual(loaded(it));
    for (const { namespace } of references.filter(({ name }) => name === 'name')) {
      const invalidation = await templates.invalidateNamespace(namespace);
      expect(invalidation, namespace).toEqual({ confirmed: deletesPrefixes });
    }
    for (const it of references) {
      const isGone = deletesPrefixes && it.name === 'name';
      if (!isGone) expect(await templates.get(it, never)).toEqual(loaded(it));
      expect(await templates.invalidate(it)).toEqual({ confirmed: true });
      expect(await templates.get(it, () => undefined)).toBeUndefined();
    }
    await expectNeighboursUnhurt();
  });

  test('that cannot be encoded are refused by name, and loaded for', async () => {
    const region = cache.region<string>('generic');
    const templates = new TemplateCache(cache);
    for (const key of refused) {
      await region.set(key, 'value');
      expect(await region.get(key)).toBeUndefined();
      expect(await region.getOrLoad(key, () => 'loaded')).toBe('loaded');
      expect(await region.delete(key)).toEqual({ confirmed: true });
      expect(await region.deletePrefix(key)).toEqual({ confirmed: true });
      const reference = { namespace: key, name: key, version: key };
      expect(await templates.get(reference, () => undefined)).toBeUndefined();
      expect(await templates.invalidateNamespace(key)).toEqual({ confirmed: true });
    }
    expect(lines).toEqual([expect.stringContaining('Invalid cache key')]);
    await expectNeighboursUnhurt();
  });
});
