import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { CacheError, isOutage } from '@tasker-cache/core/adapter';
import type { Clause } from '../clause.ts';
import { minuteMs, numbers } from './data.ts';
import { operationsOn } from './limits.ts';
import { reads, store, unavailable } from './outage-checks.ts';
import { boundMs, promptMs, succeeds } from './waiting.ts';

/** The outage clauses about silence, and about what comes after it. */
export const outageRecovery: readonly Clause[] = [
  {
    id: 'OUTAGE-11',
    title: 'MUST reject what is pending at recycle, when the server has fallen silent',
    why: "The deadline is core's: it calls recycle, and a client that goes on waiting keeps the operation forever.",
    needs: ['proxy', 'recycle'],
    async run({ proxy, having, key, within }) {
      const adapter = having('recycle');
      await store(adapter, key);
      await proxy.blackHole();
      // Not on what is read below: the black hole may deliver these late.
      const operations = [...operationsOn(adapter, key('late')), () => adapter.ping()];
      const pending = operations.map((operation) =>
        unavailable(within, 'what was pending', operation),
      );
      await sleep(50);
      adapter.recycle();
      // A client's own timeout is no recycle.
      await within(promptMs, 'what was pending at recycle()', Promise.all(pending));
      await proxy.heal();
      await adapter.set(key('a'), 'value of a', minuteMs).catch(() => {});
      await within(
        boundMs,
        'recovery',
        succeeds(() => store(adapter, key)),
      );
      await reads({ adapter, key, within });
    },
  },
  {
    id: 'OUTAGE-12',
    title: 'MUST reject what is pending at close, when the server has fallen silent',
    why: 'quit() waits for an answer that never comes, and the shutdown with it.',
    needs: ['proxy'],
    async run({ proxy, adapter, create, key, within }) {
      await adapter.ping();
      await proxy.blackHole();
      const connecting = create();
      for (const instance of [adapter, connecting]) {
        const operations = [...operationsOn(instance, key()), () => instance.ping()];
        const pending = operations.map(async (operation) => {
          const error = await operation().then(
            () => undefined,
            (reason: unknown) => reason,
          );
          assert.ok(CacheError.isInstance(error), `it rejects with a CacheError, not ${error}`);
        });
        await sleep(50);
        await within(boundMs, 'close()', instance.close());
        await within(boundMs, 'what was pending', Promise.all(pending));
      }
    },
  },
  {
    id: 'OUTAGE-13',
    title: 'MUST NOT hand an answer that comes after recycle to a later operation',
    why: 'Off by one, every later caller got what another had asked for (redis/redis-py#2624, #2665).',
    needs: ['proxy', 'recycle'],
    async run({ proxy, having, key, within }) {
      const adapter = having('recycle');
      await store(adapter, key);
      await proxy.delay(150);
      for (const _ of numbers(3)) {
        const abandoned = adapter.get(key('a')).catch(() => {});
        await sleep(20);
        adapter.recycle();
        for (const name of ['b', 'c']) {
          assert.equal(
            await within(
              boundMs,
              'get()',
              succeeds(() => adapter.get(key(name))),
            ),
            `value of ${name}`,
          );
        }
        await within(boundMs, 'what was pending', abandoned);
      }
    },
  },
  {
    id: 'OUTAGE-14',
    title: "SHOULD wait for a slow server: deadlines are not the adapter's",
    why: 'Two deadlines for one operation: the shorter one, which nobody configured, wins.',
    needs: ['proxy'],
    async run({ proxy, adapter, key, within }) {
      await store(adapter, key);
      await proxy.delay(700);
      assert.equal(await within(boundMs, 'get()', adapter.get(key('a'))), 'value of a');
    },
  },
  {
    id: 'OUTAGE-15',
    title: 'MUST answer rightly or with an outage while connections break again and again',
    why: 'Each break is a chance to lose count of the replies.',
    needs: ['proxy'],
    async run({ proxy, adapter, key, within }) {
      await store(adapter, key);
      await proxy.resetEvery(4);
      const names = numbers(40).map((index) => 'abcd'[index % 4] ?? 'a');
      const read = async (name: string) => {
        const answer = await adapter.get(key(name)).catch((error: unknown) => error);
        if (CacheError.isInstance(answer)) assert.ok(isOutage(answer), answer.code);
        else assert.equal(answer, `value of ${name}`);
      };
      for (const name of names) await within(boundMs, 'get()', read(name));
      await within(boundMs, 'operations at once', Promise.all(names.map(read)));
      await proxy.heal();
      await reads({ adapter, key, within });
    },
  },
  {
    id: 'OUTAGE-16',
    title: 'MUST recover when its first connection met silence',
    why: 'A connection attempt without an end blocks all later ones.',
    needs: ['proxy'],
    async run({ proxy, create, key, within }) {
      await proxy.blackHole();
      const adapter = create();
      const first = adapter.ping().then(
        () => {},
        () => {},
      );
      await sleep(100);
      adapter.recycle?.();
      await proxy.heal();
      await within(boundMs, 'the first operation', first);
      await within(
        boundMs,
        'recovery',
        succeeds(() => adapter.set(key(), 'value', minuteMs)),
      );
      assert.equal(await adapter.get(key()), 'value');
    },
  },
];
