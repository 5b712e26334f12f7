import { type Cache, openCache } from '@tasker-cache/core';
import { memory } from '@tasker-cache/memory';
import { afterEach, describe, expect, test } from 'vitest';
import { type HandlerMetadata, TemplateCache, type TemplateReference } from '../src/index.ts';
import { rustTemplate } from './from-rust.ts';
import { logLines } from './log-lines.ts';
import { sharedStore } from './shared-store.ts';

const charge: HandlerMetadata = JSON.parse(rustTemplate);
const reference: TemplateReference = { namespace: 'payments', name: 'charge', version: '1.2.0' };
const key = 'tasker:template:payments:charge:1.2.0';
const opened: Cache[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((cache) => cache.close()));
});

async function openShared(shared = sharedStore(), ...without: readonly 'deletePrefix'[]) {
  const { logger, lines } = logLines();
  const cache = await shared.open(logger, ...without);
  opened.push(cache);
  lines.length = 0;
  return { templates: new TemplateCache(cache), shared, store: shared.store, lines };
}

function at(namespace: string, name: string, version = '1.0.0'): HandlerMetadata {
  return { ...charge, namespace, name, version };
}

function fail(): Promise<HandlerMetadata> {
  return Promise.reject(new Error('asked the database'));
}

describe('get', () => {
  test('uses the key of Tasker and stores plain JSON', async () => {
    const { templates, store } = await openShared();
    expect(await templates.get(reference, () => charge)).toBe(charge);
    await expect.poll(() => store.get(key)).toBe(JSON.stringify(charge));
    expect(await templates.get(reference, fail)).toEqual(charge);
  });

  test('reads what a Rust server stored', async () => {
    const { templates, store } = await openShared();
    await store.set(key, `{"added_later":1,${rustTemplate.slice(1)}`, 60_000);
    expect(await templates.get(reference, fail)).toEqual({ ...charge, added_later: 1 });
  });

  test('logs each read', async () => {
    const { templates, store, lines } = await openShared();
    await templates.get(reference, () => charge);
    await expect.poll(() => store.get(key)).toBeDefined();
    await templates.get(reference, fail);
    const fields = 'namespace="payments" name="charge" version="1.2.0"';
    expect(lines).toEqual([
      `DEBUG ${fields} "Task template cache MISS, querying DB"`,
      `DEBUG ${fields} "Task template cache HIT"`,
    ]);
  });

  test('keeps names apart that hold separators', async () => {
    const { templates } = await openShared();
    const first = at('a:b', 'c');
    const second = at('a', 'b:c');
    for (const template of [first, second]) await templates.get(template, () => template);
    for (const template of [first, second]) {
      expect(await templates.get(template, () => template)).toEqual(template);
    }
  });

  test.each(['namespace', 'name', 'version'])(
    'replaces a stored template with another %s',
    async (field) => {
      const { templates, store, lines } = await openShared();
      await store.set(key, JSON.stringify({ ...charge, [field]: 'foreign-text' }), 60_000);
      expect(await templates.get(reference, () => charge)).toBe(charge);
      await expect.poll(() => store.get(key)).toBe(JSON.stringify(charge));
      const warnings = lines.filter((line) => line.startsWith('WARN'));
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain('CACHE_VALUE_MISPLACED');
      expect(warnings[0]).not.toContain('foreign-text');
    },
  );

  test('returns a loaded template with another version, and does not store it', async () => {
    const { templates, store, lines } = await openShared();
    const latest = { ...reference, version: 'latest' };
    expect(await templates.get(latest, () => charge)).toBe(charge);
    await expect.poll(() => lines.join('\n')).toContain('CACHE_VALUE_MISPLACED');
    expect(await store.get('tasker:template:payments:charge:latest')).toBeUndefined();
    expect(await templates.get(reference, () => charge)).toBe(charge);
    await expect.poll(() => store.get(key)).toBe(JSON.stringify(charge));
  });

  test('returns undefined for a template that is not there, and does not store it', async () => {
    const { templates, store } = await openShared();
    expect(await templates.get(reference, () => undefined)).toBeUndefined();
    const loadAndLook = async () => {
      expect(await templates.get(reference, () => charge)).toEqual(charge);
      return store.get(key);
    };
    await expect.poll(loadAndLook).toBe(JSON.stringify(charge));
  });

  test('returns null from a loader outside of the types', async () => {
    const { templates } = await openShared();
    const load = () => null as unknown as undefined;
    expect(await templates.get(reference, load)).toBeNull();
  });
});

describe('invalidation', () => {
  test('a worker that registers its handlers ends the old versions everywhere', async () => {
    const shared = sharedStore();
    const { templates: orchestrator } = await openShared(shared);
    const { templates: worker } = await openShared(shared);
    const all = Array.from({ length: 250 }, (_, index) => at('payments', `task-${index}`));
    const keys = all.map(({ name }) => `tasker:template:payments:${name}:1.0.0`);
    for (const template of all) await orchestrator.get(template, () => template);
    await expect.poll(() => shared.store.getMany(keys)).not.toContain(undefined);
    expect(await worker.registerHandlers(all)).toEqual({ confirmed: true });
    expect(new Set(await shared.store.getMany(keys))).toEqual(new Set([undefined]));
    const renewed = { ...at('payments', 'task-249'), handler_class: 'Renewed' };
    expect(await orchestrator.get(renewed, () => renewed)).toEqual(renewed);
  });

  test('takes exactly one template', async () => {
    const { templates, store } = await openShared();
    const kept = at('payments', 'charge', '1.2.0-beta');
    for (const template of [charge, kept]) await templates.get(template, () => template);
    await expect.poll(() => store.get(key)).toBeDefined();
    expect(await templates.invalidate(reference)).toEqual({ confirmed: true });
    expect(await store.get(key)).toBeUndefined();
    expect(await templates.get(kept, fail)).toEqual(kept);
  });

  test('takes exactly one namespace, or all and nothing but templates', async () => {
    const { templates, store, lines } = await openShared();
    const neighbour = at('payments-eu', 'charge');
    for (const template of [charge, neighbour]) await templates.get(template, () => template);
    await store.set('tasker:analytics:performance:24', '{}', 60_000);
    expect(await templates.invalidateNamespace('payments')).toEqual({ confirmed: true });
    expect(await store.get(key)).toBeUndefined();
    expect(await templates.get(neighbour, fail)).toEqual(neighbour);
    expect(await templates.invalidateAll()).toEqual({ confirmed: true });
    expect(await store.deletePrefix('tasker:template:')).toBe(0);
    expect(await store.get('tasker:analytics:performance:24')).toBe('{}');
    expect(lines.filter((line) => !line.startsWith('DEBUG'))).toEqual([]);
  });

  test('says once for each namespace what was not done where prefixes cannot be deleted', async () => {
    const { templates, store, lines } = await openShared(sharedStore(), 'deletePrefix');
    await templates.get(reference, () => charge);
    await expect.poll(() => store.get(key)).toBeDefined();
    for (const namespace of ['payments', 'payments', 'orders']) {
      expect(await templates.invalidateNamespace(namespace)).toEqual({ confirmed: false });
    }
    for (const _ of [1, 2]) expect(await templates.invalidateAll()).toEqual({ confirmed: false });
    const warnings = lines.filter((line) => line.includes('relying on TTL expiry'));
    expect(warnings.map((line) => line.split(' "Cached templates')[0])).toEqual([
      'WARN namespace="payments"',
      'WARN namespace="orders"',
      expect.stringMatching(/^WARN Cached templates were not deleted/),
    ]);
    expect(await templates.registerHandlers([reference])).toEqual({ confirmed: true });
    expect(await store.get(key)).toBeUndefined();
  });

  test('tells the truth, and throws nothing, while the backend is away', async () => {
    const { templates, shared } = await openShared();
    await templates.get(reference, () => charge);
    shared.isAway = true;
    const renewed = { ...charge, handler_class: 'Renewed' };
    expect(await templates.invalidate(reference)).toEqual({ confirmed: false });
    expect(await templates.registerHandlers([reference])).toEqual({ confirmed: false });
    expect(await templates.invalidateNamespace('payments')).toEqual({ confirmed: false });
    expect(await templates.invalidateAll()).toEqual({ confirmed: false });
    shared.isAway = false;
    expect(await templates.get(reference, () => renewed)).toEqual(renewed);
  });

  test('registering no handlers is confirmed', async () => {
    const { templates } = await openShared();
    expect(await templates.registerHandlers([])).toEqual({ confirmed: true });
  });
});

test('on moka templates are not cached, and the guide says why', async () => {
  const { logger, lines } = logLines('warn');
  const cache = await openCache({ backend: 'moka' }, { adapters: [memory], logger });
  opened.push(cache);
  const templates = new TemplateCache(cache);
  const renewed = { ...charge, handler_class: 'Renewed' };
  expect(await templates.get(reference, () => charge)).toBe(charge);
  expect(await templates.get(reference, () => renewed)).toBe(renewed);
  expect(lines).toEqual([
    "WARN Cache provider 'moka' is not safe for template caching (in-memory cache would drift from worker invalidations). Template caching disabled.",
  ]);
});
