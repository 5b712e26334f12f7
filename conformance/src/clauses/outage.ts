import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clause } from '../clause.ts';
import { minuteMs, numbers } from './data.ts';
import { operationsOn } from './limits.ts';
import { reads, store, unavailable } from './outage-checks.ts';
import { boundMs, succeeds } from './waiting.ts';

/** The outage clauses about operations that meet one. */
export const outages: readonly Clause[] = [
  {
    id: 'OUTAGE-01',
    title: 'MUST be created while the server is away, and say so at the first operation',
    why: 'A constructor that connects throws at import time (memcachier/memjs#34), or rejects where nobody listens.',
    needs: ['proxy'],
    async run({ proxy, create, within }) {
      await proxy.refuse();
      const adapter = create();
      await unavailable(within, 'ping()', () => adapter.ping());
    },
  },
  {
    id: 'OUTAGE-02',
    title: 'MUST reject every operation while connections are refused: an error is never a miss',
    why: 'Promises that wait for a server forever (redis/ioredis#111), errors handed out as misses (3rd-Eden/memcached#23).',
    needs: ['proxy'],
    async run({ proxy, adapter, key, within }) {
      await adapter.set(key(), 'value', minuteMs);
      await proxy.refuse();
      for (const operation of [...operationsOn(adapter, key()), () => adapter.ping()]) {
        await unavailable(within, 'an operation', operation);
        await Promise.all(
          numbers(3).map(() => unavailable(within, 'operations at once', operation)),
        );
      }
    },
  },
  {
    id: 'OUTAGE-03',
    title: 'MUST work again, without a new instance, once the server is back',
    why: 'Clients that give up after their last attempt stay dead until the process restarts.',
    needs: ['proxy'],
    async run({ proxy, adapter, key, within }) {
      await adapter.set(key(), 'value', minuteMs);
      for (const _ of numbers(3)) {
        await proxy.refuse();
        await unavailable(within, 'get()', () => adapter.get(key()));
        await sleep(100);
        await proxy.heal();
        assert.equal(
          await within(
            boundMs,
            'recovery',
            succeeds(() => adapter.get(key())),
          ),
          'value',
        );
      }
    },
  },
  {
    id: 'OUTAGE-04',
    title: 'MUST reject what is pending when the server closes the connection cleanly',
    why: 'memjs 1.3 never settles it: FIN is no error, and its timeout does not fire under load.',
    needs: ['proxy'],
    async run({ proxy, adapter, key, within }) {
      await adapter.set(key(), 'value', minuteMs);
      await proxy.finPending();
      for (const operation of operationsOn(adapter, key()))
        await unavailable(within, 'an operation', operation);
      const many = numbers(20).map(() =>
        unavailable(within, 'operations at once', () => adapter.get(key())),
      );
      await Promise.all(many);
      await proxy.heal();
      await within(
        boundMs,
        'recovery',
        succeeds(() => adapter.get(key())),
      );
    },
  },
  {
    id: 'OUTAGE-05',
    title: 'MUST reject what is pending when half a reply is followed by the end of the connection',
    why: 'The half frame stays in the parser of memjs 1.3, and spoils every reply of the next connection.',
    needs: ['proxy'],
    async run({ proxy, adapter, key, within }) {
      await store(adapter, key);
      await proxy.halfFrame();
      await unavailable(within, 'get()', () => adapter.get(key('a')));
      await unavailable(within, 'get()', () => adapter.get(key('b')));
      await proxy.heal();
      await reads({ adapter, key, within });
    },
  },
  {
    id: 'OUTAGE-06',
    title: 'MUST reject what is pending when the connection is reset, in the middle of a reply too',
    why: 'Commands in flight were forgotten when the connection dropped (redis/ioredis#2193).',
    needs: ['proxy'],
    async run({ proxy, adapter, key, within }) {
      await store(adapter, key);
      await proxy.severMidReply();
      await unavailable(within, 'get()', () => adapter.get(key('a')));
      await proxy.heal();
      await reads({ adapter, key, within });
      await proxy.blackHole();
      const pending = numbers(50).map(() =>
        unavailable(within, 'what was pending', () => adapter.get(key('a'))),
      );
      await sleep(50);
      await proxy.refuse();
      await Promise.all(pending);
      await proxy.heal();
      await reads({ adapter, key, within });
    },
  },
  {
    id: 'OUTAGE-07',
    title: 'MUST survive the loss of an idle connection',
    why: "Without a listener, its 'error' event ends the process (alkem-io/server#6330, redis/node-redis#2302).",
    needs: ['proxy'],
    async run({ proxy, adapter, key, within }) {
      await store(adapter, key);
      for (const _ of numbers(3)) {
        await proxy.sever();
        await sleep(50);
        await reads({ adapter, key, within });
      }
      await proxy.refuse();
      await sleep(300);
      await proxy.heal();
      await reads({ adapter, key, within });
    },
  },
  {
    id: 'OUTAGE-08',
    title: 'MUST reject a delete that the server did not confirm',
    why: 'Reported as done, it leaves the stale entry and hides it: Tasker discards every error of memcached deletes.',
    needs: ['proxy'],
    async run({ proxy, adapter, key, within }) {
      await adapter.set(key(), 'value', minuteMs);
      const faults = [() => proxy.refuse(), () => proxy.finPending(), () => proxy.halfFrame()];
      for (const fault of faults) {
        await fault();
        await unavailable(within, 'delete()', () => adapter.delete(key()));
        const { deletePrefix } = adapter;
        if (deletePrefix)
          await unavailable(within, 'deletePrefix()', () => deletePrefix.call(adapter, key('x')));
        await proxy.heal();
        await within(
          boundMs,
          'recovery',
          succeeds(() => adapter.ping()),
        );
      }
    },
  },
  {
    id: 'OUTAGE-09',
    title: 'MUST reject ping while nobody answers it',
    why: 'A ping that looks at a flag calls a dead server healthy, and closes the breaker.',
    needs: ['proxy'],
    async run({ proxy, adapter, within }) {
      await adapter.ping();
      await proxy.finPending();
      await unavailable(within, 'ping()', () => adapter.ping());
      await proxy.refuse();
      await unavailable(within, 'ping()', () => adapter.ping());
      await proxy.heal();
      await proxy.blackHole();
      const ping = adapter.ping().then(
        () => 'ok',
        () => 'failed',
      );
      assert.notEqual(
        await Promise.race([ping, sleep(300)]),
        'ok',
        'ping() resolved, and nothing had answered',
      );
      await adapter.close();
    },
  },
  {
    id: 'OUTAGE-10',
    title: 'MUST NOT carry out later what it has rejected',
    why: 'Commands that a client sends again after it reconnects (redis/ioredis#933) undo what came in between.',
    needs: ['proxy'],
    async run({ proxy, adapter, create, key, within }) {
      await adapter.ping();
      const faults = [() => proxy.finPending(), () => proxy.refuse()];
      for (const [index, fault] of faults.entries()) {
        await fault();
        await unavailable(within, 'set()', () => adapter.set(key(`${index}`), 'late', minuteMs));
        await proxy.heal();
        await within(
          boundMs,
          'recovery',
          succeeds(() => adapter.ping()),
        );
        const observer = create();
        for (const _ of numbers(10)) {
          assert.equal(
            await observer.get(key(`${index}`)),
            undefined,
            'a rejected set() was carried out later',
          );
          await sleep(20);
        }
      }
    },
  },
];
