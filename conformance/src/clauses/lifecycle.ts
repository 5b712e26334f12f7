import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CacheAdapter, CacheError } from '@tasker-cache/core/adapter';
import type { Clause } from '../clause.ts';
import { list, minuteMs, numbers } from './data.ts';
import { leftOpenBy } from './handles.ts';
import { operationsOn } from './limits.ts';
import { boundMs, eventually } from './waiting.ts';

export const lifecycle: readonly Clause[] = [
  {
    id: 'LIFECYCLE-01',
    title: 'MUST be ready to use as soon as it is created',
    why: 'It connects on first use: core creates it while the application starts.',
    async run({ create, within }) {
      const adapter = create();
      assert.equal(await within(boundMs, 'ping()', adapter.ping()), undefined);
    },
  },
  {
    id: 'LIFECYCLE-02',
    title: 'MUST close as often as it is asked to, one after the other and at once',
    why: 'Two owners close on shutdown; quit() of a closed client rejects ("Connection is closed", redis/ioredis#597).',
    async run({ adapter, within }) {
      await adapter.ping();
      const closes = Promise.all([adapter.close(), adapter.close(), adapter.close()]);
      await within(boundMs, 'close(), three times at once', closes);
      assert.equal(await within(boundMs, 'close() again', adapter.close()), undefined);
    },
  },
  {
    id: 'LIFECYCLE-03',
    title: 'MUST reject every operation after close with CACHE_CLOSED',
    why: 'A closed client connected again by itself (memcachier/memjs#172), or never answered.',
    async run({ adapter, key, within, refused }) {
      await adapter.set(key(), 'value', minuteMs);
      await within(boundMs, 'close()', adapter.close());
      for (const operation of [...operationsOn(adapter, key()), () => adapter.ping()]) {
        await within(boundMs, 'an operation after close()', refused(operation, 'CACHE_CLOSED'));
      }
    },
  },
  {
    id: 'LIFECYCLE-04',
    title: 'MUST close before it was ever used',
    why: 'An application that fails at start closes what it has just created.',
    async run({ create, within, refused }) {
      const adapter = create();
      await within(boundMs, 'close()', adapter.close());
      await refused(() => adapter.ping(), 'CACHE_CLOSED');
    },
  },
  {
    id: 'LIFECYCLE-05',
    title: 'MUST settle what is pending when it closes',
    why: 'Shutdown waits for them forever; memjs never calls back what quit() interrupts (memcachier/memjs#172).',
    async run({ adapter, key, within }) {
      await adapter.set(key(), 'value', minuteMs);
      const pending = numbers(50).map((index) => adapter.get(index % 2 ? key() : key('none')));
      const settled = Promise.allSettled(pending);
      await within(boundMs, 'close()', adapter.close());
      for (const [index, end] of (await within(boundMs, 'what was pending', settled)).entries()) {
        if (end.status === 'rejected')
          assert.ok(CacheError.isInstance(end.reason), 'it rejects with a CacheError');
        else if (index % 2 === 0) assert.equal(end.value, undefined);
      }
    },
  },
  {
    id: 'LIFECYCLE-06',
    title: 'MUST leave other instances alone when it closes',
    why: 'A client shared in a module variable is closed for everyone by the first who leaves.',
    async run({ adapter, create, key, stored }) {
      const other = create();
      await other.set(key(), 'value', minuteMs);
      await adapter.set(key('own'), 'own', minuteMs);
      await adapter.close();
      assert.equal(await other.get(key()), stored('value'));
      if (adapter.scope === 'shared') assert.equal(await other.get(key('own')), 'own');
      await other.set(key(), 'next', minuteMs);
      assert.equal(await other.get(key()), stored('next'));
      await create().ping();
    },
  },
  {
    id: 'LIFECYCLE-07',
    title: 'MUST NOT write after it was closed',
    why: 'A queue that is flushed late stores what its caller was told had failed.',
    needs: ['shared'],
    async run({ adapter, create, key }) {
      const other = create();
      await adapter.set(key('kept'), 'kept', minuteMs);
      await adapter.close();
      const late = [
        adapter.set(key(), 'late', minuteMs),
        adapter.delete(key('kept')),
        adapter.lease?.(key('leased'), 'token', minuteMs),
      ];
      await Promise.allSettled(late);
      for (const _ of numbers(10)) {
        assert.equal(await other.get(key()), undefined);
        assert.equal(await other.get(key('kept')), 'kept');
        await sleep(20);
      }
      const lease = await other.lease?.(key('leased'), 'other', minuteMs);
      if (lease) assert.equal(lease.state, 'granted');
    },
  },
  {
    id: 'LIFECYCLE-08',
    title: 'MUST close its connections',
    why: 'Each reload of an application leaves its connections open, until the server takes no more.',
    needs: ['proxy'],
    async run({ adapter, key, proxy, within }) {
      await Promise.all(numbers(20).map((index) => adapter.get(key(`${index}`))));
      assert.ok(proxy.connections > 0, 'it connects through the URL that it was created with');
      await within(boundMs, 'close()', adapter.close());
      await eventually(
        () => proxy.connections === 0,
        () => `${proxy.connections} connections stay open`,
      );
    },
  },
  {
    id: 'LIFECYCLE-09',
    title: 'MUST leave nothing that keeps the process running',
    why: 'An interval that close() forgot kept processes from ending (redis/ioredis#1215).',
    alone: true,
    async run({ create, key, within, notRun }) {
      const left = await leftOpenBy(async () => {
        const [adapter, unused] = [create(), create()];
        await adapter.set(key(), 'value', minuteMs);
        await adapter.get(key());
        await adapter.delete(key());
        await within(boundMs, 'close()', adapter.close());
        await within(boundMs, 'close()', unused.close());
      });
      if (!left) notRun('this runtime does not tell what keeps a process running');
      assert.deepEqual(left, [], 'left open after close()');
    },
  },
  {
    id: 'LIFECYCLE-10',
    title: 'MUST NOT throw: every refusal is a rejected promise',
    why: 'A caller that only catches rejections is hit by what is thrown before there is a promise (memjs: RangeError).',
    async run({ adapter, key, within }) {
      const details: readonly (readonly unknown[])[] = [
        [],
        [undefined, undefined, undefined, undefined],
        ['', '', 0, 0],
        [key(), '\ud800', -1, Number.NaN],
        [null, null, null, null],
        [key(), 'value', Number.POSITIVE_INFINITY, 'value'],
        [Symbol.iterator, {}, [], 1n],
      ];
      const forPrefixes = [[key('\ud800')], [key('none')]];
      const forBatches = [[], [undefined], [''], [key('\ud800'), key()], [Symbol.iterator]].map(
        (one) => [one],
      );
      for (const [name, call] of methodsOf(adapter)) {
        // An adapter that forgets its checks must not empty a store that others use.
        const given = { deletePrefix: forPrefixes, getMany: forBatches }[name] ?? details;
        for (const some of given) {
          let promise: unknown;
          assert.doesNotThrow(() => {
            promise = call.call(adapter, ...some);
          }, `${name}() threw`);
          assert.ok(promise instanceof Promise, `${name}() returns a promise`);
          const settled = promise.then(
            () => {},
            (error) => assert.ok(CacheError.isInstance(error), `${name}() rejects with ${error}`),
          );
          await within(boundMs, `${name}()`, settled);
        }
      }
    },
  },
  {
    id: 'LIFECYCLE-11',
    title: 'MUST leave no rejection unhandled, whatever its caller does',
    why: 'One of them ends the process: "never hurts" is over (redis/node-redis#2026).',
    async run({ adapter, create, key }) {
      const outcomes = [
        ...operationsOn(adapter, ''),
        ...operationsOn(adapter, key()),
        () => adapter.set(key(), '\ud800', minuteMs),
        () => adapter.set(key(), 'value', 0),
      ].map((operation) => operation());
      await Promise.allSettled(outcomes);
      const closed = create();
      const last = [closed.get(key()), closed.close(), closed.get(key()), closed.ping()];
      await Promise.allSettled(last);
      create();
      await sleep(50);
    },
  },
  {
    id: 'LIFECYCLE-12',
    title: 'MUST stay usable through recycle, at any time and as often as it is called',
    why: 'Core calls it after every deadline that passes: before the first connection, and twice in a row.',
    needs: ['recycle'],
    async run({ having, create, key, stored, within }) {
      const adapter = having('recycle');
      adapter.recycle();
      await adapter.set(key('before'), 'before', minuteMs);
      await works(adapter);
      adapter.recycle();
      adapter.recycle();
      await works(adapter);
      const pending = Promise.allSettled(numbers(20).map((index) => adapter.get(key(`${index}`))));
      adapter.recycle();
      await within(boundMs, 'what was pending', pending);
      await works(adapter);
      await adapter.close();
      assert.doesNotThrow(() => adapter.recycle());
      await works(create());

      async function works(instance: CacheAdapter): Promise<void> {
        await within(
          boundMs,
          'an operation after recycle()',
          instance.set(key(), 'value', minuteMs),
        );
        assert.equal(await instance.get(key()), stored('value'));
        if (instance === adapter) assert.equal(await instance.get(key('before')), stored('before'));
      }
    },
  },
  {
    id: 'LIFECYCLE-13',
    title: 'MUST cause no error outside of its promises, long after the operations either',
    why: 'Idle connections break at night (redis/node-redis#2302: the process dies once an hour).',
    alone: true,
    async run({ lateFaults }) {
      await sleep(50);
      assert.deepEqual(lateFaults(), []);
    },
  },
];

function methodsOf(adapter: CacheAdapter): [string, (...details: unknown[]) => unknown][] {
  const names = list(
    'get set delete getMany deletePrefix lease fill ping',
  ) as (keyof CacheAdapter)[];
  return names
    .filter((name) => typeof adapter[name] === 'function')
    .map((name) => [name, adapter[name] as unknown as (...details: unknown[]) => unknown]);
}
