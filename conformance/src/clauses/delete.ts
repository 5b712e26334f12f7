import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clause } from '../clause.ts';
import { minuteMs, numbers } from './data.ts';
import { boundsFor, ttlOf } from './lifetime.ts';

export const deletes: readonly Clause[] = [
  {
    id: 'DELETE-01',
    title: 'MUST remove the value',
    why: 'An invalidation that does nothing serves stale templates until they expire.',
    async run({ adapter, key }) {
      await adapter.set(key(), 'value', minuteMs);
      await adapter.delete(key());
      assert.equal(await adapter.get(key()), undefined);
      assert.equal(await adapter.get(key()), undefined);
    },
  },
  {
    id: 'DELETE-02',
    title: 'MUST resolve to whether something was there, as a boolean',
    why: 'Clients answer 0 and 1, or the same for both; core reports what an invalidation found.',
    async run({ adapter, key, stored }) {
      assert.equal(await adapter.delete(key()), false);
      await adapter.set(key(), 'value', minuteMs);
      assert.equal(await adapter.delete(key()), stored(true, false));
      assert.equal(await adapter.delete(key()), false);
    },
  },
  {
    id: 'DELETE-03',
    title: 'MUST NOT remove another key',
    why: 'A key used as a pattern, or a prefix as a key, deletes neighbours.',
    async run({ adapter, key, stored }) {
      const names = ['a', 'a:', 'a:b', 'ab', 'A', 'b:a', 'a*', 'a.b', ''];
      await Promise.all(names.map((name) => adapter.set(key(name), name, minuteMs)));
      await adapter.delete(key('a'));
      await adapter.delete(key('a*'));
      for (const name of names) {
        const expected = name === 'a' || name === 'a*' ? undefined : stored(name);
        assert.equal(await adapter.get(key(name)), expected, `the key that ends in '${name}'`);
      }
    },
  },
  {
    id: 'DELETE-04',
    title: 'MUST remove a lease marker, and say that something was there',
    why: 'The marker left in place lets the late fill store what the invalidation was about.',
    needs: ['lease', 'storage'],
    async run({ having, key }) {
      const adapter = having('lease');
      await adapter.lease(key(), 'token', minuteMs);
      assert.equal(await adapter.delete(key()), true);
      assert.deepEqual(await adapter.lease(key(), 'other', minuteMs), { state: 'granted' });
    },
  },
  {
    id: 'DELETE-05',
    title: 'MUST remove the value for every instance',
    why: 'A copy kept in the client answers long after another process has deleted the key.',
    needs: ['shared'],
    async run({ adapter, peer, key }) {
      await adapter.set(key(), 'value', minuteMs);
      assert.equal(await peer.get(key()), 'value');
      assert.equal(await adapter.delete(key()), true);
      assert.equal(await peer.get(key()), undefined);
    },
  },
  {
    id: 'DELETE-06',
    title: 'MUST let a deleted key be written again',
    why: 'Tombstones and delete delays (memcached once had both) swallow the next value.',
    async run({ adapter, key, stored }) {
      for (const value of ['first', 'second', 'third']) {
        await adapter.set(key(), value, minuteMs);
        assert.equal(await adapter.get(key()), stored(value));
        await adapter.delete(key());
        assert.equal(await adapter.get(key()), undefined);
      }
    },
  },
  {
    id: 'DELETE-07',
    title: 'MUST forget the TTL with the value',
    why: 'The timer of the deleted value takes away the one that was written after it (aio-libs/aiocache#423).',
    needs: ['storage'],
    waits: true,
    async run({ adapter, key }) {
      const ttlMs = ttlOf(adapter, 1, 200);
      await adapter.set(key(), 'old', ttlMs);
      await adapter.delete(key());
      await adapter.set(key(), 'new', minuteMs);
      await sleep(boundsFor(adapter, ttlMs).latestMs);
      assert.equal(await adapter.get(key()), 'new');
    },
  },
  {
    id: 'DELETE-08',
    title: 'MUST say true to one of many who delete the same key at once',
    why: 'A look before the delete makes two steps of it, and several callers see something there.',
    needs: ['storage'],
    async run({ adapter, key }) {
      for (const round of numbers(10)) {
        await adapter.set(key(`${round}`), 'value', minuteMs);
        const answers = await Promise.all(numbers(8).map(() => adapter.delete(key(`${round}`))));
        assert.equal(answers.filter(Boolean).length, 1);
      }
    },
  },
  {
    id: 'DELETE-09',
    title: 'MUST leave the keys of others alone, whatever the rest of this kit does',
    why: 'A flush, a prefix gone wrong or a shortened key harms strangers on the same server.',
    needs: ['shared'],
    waits: true,
    async run({ adapter, key, others }) {
      const names = numbers(20).map((index) => key(`neighbour-${index}`));
      await Promise.all(names.map((name) => adapter.set(name, name, 10 * minuteMs)));
      await others;
      for (const name of names) assert.equal(await adapter.get(name), name);
      await Promise.all(names.map((name) => adapter.delete(name)));
    },
  },
];
