import {
  type ClauseResult,
  clauses,
  conformance,
  type RunOptions,
  runConformance,
} from '@tasker-cache/conformance';
import { type CacheAdapter, CacheError } from '@tasker-cache/core/adapter';
import { afterEach, expect, test, vi } from 'vitest';
import { correctAdapter } from '../mutants/correct-adapter.ts';
import { TinyAdapter } from '../mutants/tiny-adapter.ts';
import { startTinyServer } from '../mutants/tiny-server.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function variant(change: Partial<Record<keyof CacheAdapter, unknown>>): RunOptions['create'] {
  return () => ({ ...correctAdapter(), scope: 'process', ...change }) as CacheAdapter;
}

async function run(create: RunOptions['create'], more: Partial<RunOptions> = {}) {
  const { results } = await runConformance({ name: 'gating', create, ...more });
  const only = (state: ClauseResult['state']) => results.filter((result) => result.state === state);
  const idsOf = (some: readonly ClauseResult[]) => some.map(({ id }) => id);
  const find = (id: string) => results.find((result) => result.id === id);
  return { results, only, ids: (state: ClauseResult['state']) => idsOf(only(state)), find };
}

test('clauses of an absent operation do not apply, and say which one is absent', async () => {
  const { results, ids } = await run(
    variant({ getMany: undefined, deletePrefix: undefined, lease: undefined, fill: undefined }),
  );
  expect(ids('failed')).toEqual([]);
  const gone = results.filter(({ id }) => /^(BATCH|PREFIX|LEASE)-/.test(id));
  for (const { id, state, reason } of gone) {
    expect(state, id).toBe('not applicable');
    expect(reason, id).toMatch(/^the adapter has no (getMany|deletePrefix|lease)\(\)$/);
  }
});

test('whatever is not run carries a reason, and whatever failed an error', async () => {
  for (const create of [variant({}), variant({ scope: 'none' }), variant({ scope: 'shared' })]) {
    const { results } = await run(create);
    for (const { id, state, reason, error } of results) {
      if (state !== 'passed') expect(reason, id).toBeTruthy();
      if (state === 'failed') expect(error, id).toBeInstanceOf(Error);
    }
  }
});

test("scope 'none' turns reading back into a miss, and storing fails", async () => {
  const adapter = correctAdapter();
  const nothing = {
    scope: 'none',
    set: (key: string, value: string, ttlMs: number) =>
      adapter.set(key, value, ttlMs).then(() => void adapter.delete(key)),
    getMany: undefined,
    deletePrefix: undefined,
    lease: undefined,
    fill: undefined,
  };
  const silent = await run(variant({ ...nothing, get: adapter.get, close: async () => {} }));
  expect(silent.find('RW-01')?.state).toBe('passed');
  expect(silent.find('EXPIRY-01')).toMatchObject({
    state: 'not applicable',
    reason: "scope 'none': nothing is stored",
  });
  const storing = await run(variant({ scope: 'none' }));
  expect(storing.find('RW-01')?.state).toBe('failed');
});

test("scope 'process' leaves out what takes two instances on one store", async () => {
  const { only } = await run(variant({}));
  const reasons = only('not applicable').filter(({ id }) => id === 'CONCURRENCY-05');
  expect(reasons[0]?.reason).toBe("scope 'process': two instances do not share a store");
  expect(only('not run')).toEqual([]);
});

test('keys with white space or control characters may be refused, by every operation alike', async () => {
  const ids = ['PREFIX-02', 'PREFIX-07', 'KEYS-03'];
  const selected = clauses.filter(({ id }) => ids.includes(id));
  const failedWhen = async (isRefusedBy: (operation: string) => boolean) => {
    const adapter = correctAdapter();
    const refusing = ([name, method]: [string, unknown]): [string, unknown] => [
      name,
      typeof method !== 'function' || !isRefusedBy(name)
        ? method
        : async (first: unknown, ...others: unknown[]) => {
            if (/[\s\p{Cc}]/u.test(`${first}`))
              throw new CacheError('CACHE_KEY_INVALID', 'white space', { adapter: 'map' });
            return method(first, ...others);
          },
    ];
    const change = Object.fromEntries(Object.entries(adapter).map(refusing));
    return (await run(variant(change), { clauses: selected })).ids('failed');
  };
  expect(await failedWhen(() => true)).toEqual([]);
  expect(await failedWhen((operation) => operation !== 'deletePrefix')).toEqual(ids);
  expect(await failedWhen((operation) => operation === 'get')).toEqual(ids);
});

test('a server that is a URL is not frozen, killed or emptied', async () => {
  const server = await startTinyServer();
  try {
    const create = ({ url }: { url: string }) => new TinyAdapter(url);
    const { only } = await run(create, { server: server.url });
    expect(only('failed')).toEqual([]);
    expect(only('not run').map(({ id, reason }) => `${id}: ${reason}`)).toEqual([
      'PREFIX-08: an adapter that fails this would empty a server that others may use',
      'OUTAGE-20: the kit cannot freeze this server: it did not start it',
      'OUTAGE-21: the kit cannot kill this server: it did not start it',
    ]);
  } finally {
    await server.close();
  }
});

test('an adapter that does not use its URL, or not for all, is told so', async () => {
  const server = await startTinyServer();
  const ends = async (create: RunOptions['create']) => {
    const selected = clauses.filter(({ id }) => id === 'OUTAGE-22');
    return (await run(create, { server, clauses: selected })).find('OUTAGE-22');
  };
  try {
    expect(await ends(({ url }) => new TinyAdapter(url))).toMatchObject({ state: 'passed' });
    const past = await ends(() => new TinyAdapter(server.url));
    expect(past?.reason).toContain('nothing came to the URL that create() was given');
    const partly = await ends(({ url }) => {
      const [adapter, other] = [new TinyAdapter(url), new TinyAdapter(server.url)];
      const get = adapter.get.bind(adapter);
      return Object.assign(adapter, {
        get: (key: string) => (key.endsWith('7') ? other.get(key) : get(key)),
      });
    });
    expect(partly?.reason).toContain('5 of 150 operations succeeded while');
  } finally {
    await server.close();
  }
});

test('a clause can find out on its way that it cannot be run', async () => {
  const clause = { title: 'MUST be found out', why: 'a test', needs: [] };
  const { results } = await run(variant({}), {
    clauses: [
      { ...clause, id: 'RW-98', run: async ({ notRun }) => notRun('not here') },
      { ...clause, id: 'RW-99', run: async ({ notApplicable }) => notApplicable('not asked') },
    ],
  });
  expect(results.map(({ state, reason }) => `${state}: ${reason}`)).toEqual([
    'not run: not here',
    'not applicable: not asked',
  ]);
});

test('a server that does not answer fails in CI, and is skipped aloud elsewhere', async () => {
  const server = await startTinyServer();
  await server.close();
  const create = ({ url }: { url: string }) => new TinyAdapter(url);
  const bodies: ((...details: unknown[]) => Promise<void>)[] = [];
  const register = () => {
    const collect = (_: string, body: (typeof bodies)[number]) => bodies.push(body);
    conformance({ test: collect, name: 'away', server: server.url, create });
  };
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);

  vi.stubEnv('CI', '');
  register();
  const skip = vi.fn();
  await bodies[0]?.({ skip });
  expect(skip.mock.calls.join()).toContain('not run: no server answers at 127.0.0.1:');
  await vi.waitFor(() => expect(stderr.mock.calls.join()).toContain('not run: no server answers'));

  vi.stubEnv('CI', 'true');
  bodies.length = 0;
  register();
  await expect(bodies[0]?.({ skip })).rejects.toThrow('with CI set, that is a failure');
});

test('an adapter that cannot be created fails every clause, by name', async () => {
  const { results } = await run(() => {
    throw new Error('no such driver');
  });
  expect(results.every(({ state }) => state === 'failed')).toBe(true);
  expect(results[0]?.reason).toContain('create() threw Error: no such driver');
});

test('an operation that hangs fails its clauses, and the run goes on', async () => {
  const hanging = variant({ ping: () => new Promise(() => {}) });
  const { ids } = await run(hanging, { deadlineMs: 1000 });
  expect(ids('failed')).toContain('LIFECYCLE-01');
  expect(ids('passed')).toContain('RW-01');
});

test('the same seed makes the same test data', async () => {
  const keysOf = async (seed: string) => {
    const keys: string[] = [];
    const adapter = correctAdapter();
    const set = (key: string, value: string, ttlMs: number) => {
      if (key.includes(':RW-16:')) keys.push(`${key} ${value}`);
      return adapter.set(key, value, ttlMs);
    };
    await run(variant({ set }), { seed });
    return keys;
  };
  const [first, second, other] = [await keysOf('abc'), await keysOf('abc'), await keysOf('xyz')];
  expect(first.length).toBeGreaterThan(50);
  expect(second).toEqual(first);
  expect(other).not.toEqual(first);
});

test('two runs on one store do not meet: keys are unique', async () => {
  const store = new Map();
  const create = () => correctAdapter(store);
  const both = await Promise.all([run(create), run(create)]);
  for (const { ids } of both) expect(ids('failed')).toEqual([]);
});
