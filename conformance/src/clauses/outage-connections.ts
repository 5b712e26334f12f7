import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { CacheError } from '@tasker-cache/core/adapter';
import type { Clause } from '../clause.ts';
import { minuteMs, numbers } from './data.ts';
import { boundsFor, ttlOf } from './lifetime.ts';
import { operationsOn } from './limits.ts';
import { reads, store, unavailable } from './outage-checks.ts';
import { everythingIn } from './policy.ts';
import { boundMs, eventually, succeeds } from './waiting.ts';

/** The outage clauses about connections, and about the server itself. */
export const outageConnections: readonly Clause[] = [
  {
    id: 'OUTAGE-17',
    title: 'MUST drop a connection that it replaces',
    why: 'One connection leaked with each deadline exhausts the server during the very outage.',
    needs: ['proxy', 'recycle'],
    async run({ proxy, having, key, within }) {
      const adapter = having('recycle');
      await store(adapter, key);
      const usual = proxy.connections;
      for (const _ of numbers(8)) {
        await proxy.blackHole();
        const pending = adapter.get(key('a')).catch(() => {});
        await sleep(10);
        adapter.recycle();
        await within(boundMs, 'what was pending', pending);
        await proxy.heal();
        await within(
          boundMs,
          'recovery',
          succeeds(() => adapter.get(key('a'))),
        );
      }
      for (const _ of numbers(8)) {
        adapter.recycle();
        await within(
          boundMs,
          'recovery',
          succeeds(() => adapter.get(key('a'))),
        );
      }
      const enough = () => proxy.connections <= usual + 1;
      await eventually(
        enough,
        () => `${proxy.connections} connections are open, ${usual} were at first`,
      );
    },
  },
  {
    id: 'OUTAGE-18',
    title: 'SHOULD use its connections again',
    why: 'A connection for each operation costs a round trip each, and the ports of the machine.',
    needs: ['proxy'],
    async run({ proxy, adapter, key }) {
      for (const _ of numbers(100)) await adapter.get(key());
      assert.ok(proxy.accepted <= 20, `100 operations took ${proxy.accepted} connections`);
    },
  },
  {
    id: 'OUTAGE-19',
    title: 'MUST NOT put a password into an error',
    why: 'The errors of ioredis hold the arguments of AUTH (redis/ioredis#1229, #1713), and errors are logged.',
    needs: ['proxy'],
    async run({ proxy, url, create, key, within }) {
      const withPassword = new URL(url);
      withPassword.username = 'kit-user';
      withPassword.password = 'kit-secret';
      for (const fault of [() => proxy.heal(), () => proxy.refuse(), () => proxy.garbage()]) {
        await fault();
        const error = await attempt();
        assert.ok(!everythingIn(error).includes('kit-secret'), 'the error holds the password');
      }

      async function attempt(): Promise<unknown> {
        try {
          const adapter = create(withPassword.href);
          const operation = adapter.get(key()).catch((error: unknown) => error);
          await Promise.race([operation, sleep(1000)]);
          await within(boundMs, 'close()', adapter.close());
          return await within(boundMs, 'what was pending', operation);
        } catch (error) {
          return error;
        }
      }
    },
  },
  {
    id: 'OUTAGE-20',
    title: 'MUST answer rightly after the server was frozen and thawed',
    why: 'A stopped process keeps its connections: nothing fails, everything waits, and answers all at once later.',
    needs: ['proxy', 'freeze'],
    alone: true,
    async run({ server, adapter, key, within }) {
      const names = ['a', 'b', 'c', 'd'];
      const read = async (name: string) => {
        const answer = await adapter.get(key(name)).catch((error: unknown) => error);
        if (!CacheError.isInstance(answer)) assert.equal(answer, `value of ${name}`);
      };
      await store(adapter, key);
      await server.freeze?.();
      const pending = names.map(read);
      await sleep(200);
      adapter.recycle?.();
      await server.thaw?.();
      // At once, and in another order: answers from before the thaw belong to nobody else.
      const later = names.toReversed().map(read);
      await within(boundMs, 'what was pending', Promise.all([...pending, ...later]));
      await reads({ adapter, key, within });
    },
  },
  {
    id: 'OUTAGE-21',
    title: 'MUST work with a server that was killed and started again, without a new instance',
    why: 'Scripts, prepared state and CAS ids are gone with it; a lease from before must refuse its fill.',
    needs: ['proxy', 'restart'],
    alone: true,
    async run({ server, adapter, key, stored, within }) {
      const fills = async (name: string) => {
        await adapter.lease?.(key(name), 'token', minuteMs);
        const fill = adapter.fill?.(key(name), 'token', 'value', minuteMs);
        if (fill) assert.equal(await fill, stored(true, false), `fill() ${name}`);
      };
      await store(adapter, key);
      await fills('before');
      await adapter.lease?.(key('leased'), 'token', minuteMs);
      await server.kill?.();
      for (const operation of operationsOn(adapter, key('a')))
        await unavailable(within, 'an operation', operation);
      await server.restart?.();
      await within(
        boundMs,
        'recovery',
        succeeds(() => adapter.ping()),
      );
      await within(
        boundMs,
        'recovery',
        succeeds(() => store(adapter, key)),
      );
      // It has recovered, so nothing but an answer will do.
      const stale = adapter.fill?.(key('leased'), 'token', 'stale', minuteMs);
      if (stale) assert.equal(await within(boundMs, 'fill()', stale), false);
      await within(boundMs, 'lease() and fill()', fills('after'));
      await reads({ adapter, key, within });
    },
  },
  {
    id: 'OUTAGE-22',
    title: 'MUST reach the server by the URL it was given, and by no other way',
    why: 'A pool of the process, an address learned on the way, a default: what goes past the proxy meets no fault.',
    needs: ['proxy'],
    async run({ proxy, adapter, key, within }) {
      const keys = numbers(50).map((index) => key(`${index}`));
      const ask = (name: string) => [
        adapter.set(name, 'value', minuteMs),
        adapter.get(name),
        adapter.delete(name),
      ];
      await within(boundMs, 'operations at once', Promise.all(keys.flatMap(ask)));
      assert.ok(
        proxy.accepted > 0,
        'nothing came to the URL that create() was given: does the adapter use another one?',
      );
      await proxy.refuse();
      const outcomes = await within(
        boundMs,
        'what was pending',
        Promise.allSettled(keys.flatMap(ask)),
      );
      const answered = outcomes.filter(({ status }) => status === 'fulfilled').length;
      assert.ok(
        answered === 0,
        `${answered} of ${outcomes.length} operations succeeded while the URL that create() was given refused connections`,
      );
    },
  },
  {
    id: 'OUTAGE-23',
    title: 'MUST let expire what a rejected write has left',
    why: 'A TTL that follows in a second command never comes when the connection breaks between the two.',
    needs: ['proxy', 'storage'],
    waits: true,
    async run({ proxy, adapter, key, within }) {
      const ttlMs = ttlOf(adapter, 1, 300);
      const { lease } = adapter;
      const writes = [
        () => adapter.set(key('set'), 'value', ttlMs),
        ...(lease ? [() => lease.call(adapter, key('lease'), 'token', ttlMs)] : []),
      ];
      for (const write of writes) {
        await succeeds(() => adapter.ping());
        await proxy.resetEvery(1);
        await unavailable(within, 'a write', write);
        await proxy.heal();
      }
      await within(
        boundMs,
        'recovery',
        succeeds(() => adapter.ping()),
      );
      await sleep(boundsFor(adapter, ttlMs).latestMs);
      assert.equal(await adapter.get(key('set')), undefined, 'set() left a value without its TTL');
      const next = await adapter.lease?.(key('lease'), 'next', minuteMs);
      if (next) assert.equal(next.state, 'granted', 'lease() left a marker without its TTL');
    },
  },
];
