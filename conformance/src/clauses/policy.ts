import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { type CacheAdapter, CacheError, isOutage, LEASE_MARKER } from '@tasker-cache/core/adapter';
import type { Clause } from '../clause.ts';
import { minuteMs } from './data.ts';
import { largestTriedKeyBytes, operationsOn } from './limits.ts';

const optional = ['getMany', 'deletePrefix', 'lease', 'fill', 'recycle'] as const;

export const policy: readonly Clause[] = [
  {
    id: 'POLICY-01',
    title: 'MUST have a name of lower-case letters, digits and hyphens',
    why: 'It is the value of `backend` in the configuration, and a field of log lines.',
    async run({ adapter }) {
      assert.match(adapter.name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    },
  },
  {
    id: 'POLICY-02',
    title: "MUST have the scope 'shared', 'process' or 'none'",
    why: 'The usage policy and the breaker read it; a scope that nobody knows is let through by none of their checks.',
    async run({ adapter }) {
      assert.ok(
        ['shared', 'process', 'none'].includes(adapter.scope),
        `scope: ${inspect(adapter.scope)}`,
      );
    },
  },
  {
    id: 'POLICY-03',
    title: 'MUST state limits that are whole numbers above 0',
    why: 'Core shortens keys and checks values by them: NaN or Infinity lets everything through.',
    async run({ adapter }) {
      for (const limit of ['ttlResolutionMs', 'maxKeyBytes', 'maxValueBytes'] as const) {
        const value = adapter.limits[limit];
        assert.ok(Number.isSafeInteger(value) && value > 0, `limits.${limit}: ${inspect(value)}`);
      }
    },
  },
  {
    id: 'POLICY-04',
    title: 'MUST keep its name, scope, limits and methods, from creation to close',
    why: 'Core asks once, at start; what a later answer says goes unheard.',
    async run({ create, key }) {
      const adapter = create();
      const atFirst = facts(adapter);
      await adapter.set(key(), 'value', minuteMs);
      assert.deepEqual(facts(adapter), atFirst);
      await adapter.close();
      assert.deepEqual(facts(adapter), atFirst);
      assert.deepEqual(facts(create()), atFirst);
    },
  },
  {
    id: 'POLICY-05',
    title: 'MUST leave out an operation that it cannot do, and have all others as functions',
    why: 'A flag beside the methods is a second truth, and nobody reads it (bentocache).',
    async run({ adapter }) {
      for (const method of ['get', 'set', 'delete', 'ping', 'close'] as const) {
        assert.equal(typeof adapter[method], 'function', `${method}() is not optional`);
      }
      for (const method of optional) {
        const type = typeof adapter[method];
        assert.ok(
          type === 'function' || type === 'undefined',
          `${method} is ${inspect(adapter[method])}`,
        );
      }
    },
  },
  {
    id: 'POLICY-06',
    title: 'MUST have fill if, and only if, it has lease',
    why: 'A lease that cannot be filled blocks a key; a fill without a lease has nothing to check.',
    async run({ adapter }) {
      assert.equal(typeof adapter.fill, typeof adapter.lease);
    },
  },
  {
    id: 'POLICY-07',
    title: 'MUST be what its scope says: several processes share it, or they do not',
    why: 'Templates cached where invalidations do not arrive stay stale; the usage policy trusts the scope alone.',
    async run({ adapter, create, key, notApplicable }) {
      if (adapter.scope === 'process')
        notApplicable("scope 'process': what other processes see is not the store's");
      await adapter.set(key(), 'value', minuteMs);
      const expected = adapter.scope === 'shared' ? 'value' : undefined;
      assert.equal(await create().get(key()), expected);
      assert.equal(await adapter.get(key()), expected);
    },
  },
  {
    id: 'POLICY-08',
    title: "MUST NOT count its caller's mistakes as outages",
    why: 'Five keys of 251 bytes would open the breaker, and switch the cache off for everyone.',
    async run({ adapter, key }) {
      const { maxKeyBytes } = adapter.limits;
      const mistakes = [
        ...operationsOn(adapter, ''),
        ...(maxKeyBytes < largestTriedKeyBytes
          ? operationsOn(adapter, 'k'.repeat(maxKeyBytes + 1))
          : []),
        () => adapter.set(key(), LEASE_MARKER, minuteMs),
        () => adapter.set(key(), 'value', -1),
      ];
      for (const mistake of mistakes) {
        const error = await mistake().then(
          () => assert.fail('it was accepted'),
          (reason: unknown) => reason,
        );
        assert.ok(CacheError.isInstance(error), `it rejects with a CacheError, not ${error}`);
        assert.equal(isOutage(error), false, error.code);
      }
    },
  },
  {
    id: 'POLICY-09',
    title: 'SHOULD name the adapter and the operation in its errors',
    why: 'One log line has to say what failed where.',
    async run({ adapter }) {
      const operations = {
        get: adapter.get(''),
        set: adapter.set('', 'value', minuteMs),
        delete: adapter.delete(''),
      };
      for (const [operation, promise] of Object.entries(operations)) {
        const error = await promise.catch((reason: unknown) => reason);
        assert.ok(CacheError.isInstance(error), `it rejects with a CacheError, not ${error}`);
        assert.deepEqual([error.adapter, error.operation], [adapter.name, operation]);
      }
    },
  },
  {
    id: 'POLICY-10',
    title: 'MUST NOT repeat a value in an error',
    why: 'Errors are logged, and what is cached may be personal.',
    async run({ adapter, key }) {
      const secret = 'a-secret-in-a-value';
      const large =
        adapter.limits.maxValueBytes < 2 ** 26
          ? secret.padEnd(adapter.limits.maxValueBytes + 1)
          : '';
      const values = [`${LEASE_MARKER}${secret}`, `${secret}\ud800`, large];
      for (const value of values) {
        for (const ttlMs of [minuteMs, -1]) {
          const error = await adapter.set(key(), value, ttlMs).catch((reason: unknown) => reason);
          assert.ok(!everythingIn(error).includes(secret), 'the error holds the value');
          const filled = await adapter
            .fill?.(key(), 'token', value, ttlMs)
            .catch((reason: unknown) => reason);
          assert.ok(!everythingIn(filled).includes(secret), 'the error of fill() holds the value');
        }
      }
    },
  },
];

/** All that a logger could print of an error, its causes and hidden properties included. */
export function everythingIn(error: unknown): string {
  const shown = inspect(error, { depth: 10, showHidden: true, maxStringLength: null });
  return error instanceof Error ? `${shown} ${error.stack} ${everythingIn(error.cause)}` : shown;
}

function facts(adapter: CacheAdapter): unknown {
  const { ttlResolutionMs, maxKeyBytes, maxValueBytes } = adapter.limits;
  const methods = optional.map((method) => `${method}: ${typeof adapter[method]}`);
  return [adapter.name, adapter.scope, ttlResolutionMs, maxKeyBytes, maxValueBytes, ...methods];
}
