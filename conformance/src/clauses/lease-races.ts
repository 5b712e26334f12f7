import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { LEASE_MARKER } from '@tasker-cache/core/adapter';
import type { Clause } from '../clause.ts';
import { minuteMs, numbers } from './data.ts';
import { assertNotForever, boundsFor, measureLifetime, ttlOf } from './lifetime.ts';

const rounds = 60;

/** The lease clauses about races and about arguments. */
export const leaseRaces: readonly Clause[] = [
  {
    id: 'LEASE-17',
    title: 'MUST leave nothing behind when a fill and a delete race',
    why: 'Whoever comes first, the delete has the last word; a fill of two steps resurrects the key.',
    needs: ['lease', 'storage'],
    async run({ having, peer, key: keyFor }) {
      const adapter = having('lease');
      for (const round of numbers(rounds)) {
        const key = keyFor(`${round}`);
        await adapter.lease(key, 'token', minuteMs);
        await race(
          round,
          () => adapter.fill(key, 'token', 'stale', minuteMs),
          () => peer.delete(key),
        );
        assert.equal(await adapter.get(key), undefined, `round ${round}`);
      }
    },
  },
  {
    id: 'LEASE-18',
    title: 'MUST keep the value when a lease and a set race',
    why: 'A lease of two steps writes its marker over the value that came in between.',
    needs: ['lease', 'storage'],
    async run({ having, peer, key: keyFor }) {
      const adapter = having('lease');
      for (const round of numbers(rounds)) {
        const key = keyFor(`${round}`);
        await race(
          round,
          () => adapter.lease(key, 'token', minuteMs),
          () => peer.set(key, 'value', minuteMs),
        );
        assert.equal(await adapter.get(key), 'value', `round ${round}`);
      }
    },
  },
  {
    id: 'LEASE-19',
    title: 'MUST keep what was set when a fill and a set race',
    why: 'A fill of two steps looks at the marker, and then writes over the newer value.',
    needs: ['lease', 'storage'],
    async run({ having, peer, key: keyFor }) {
      const adapter = having('lease');
      for (const round of numbers(rounds)) {
        const key = keyFor(`${round}`);
        await adapter.lease(key, 'token', minuteMs);
        const fill = adapter.fill(key, 'token', 'older', minuteMs);
        await Promise.all([fill, peer.set(key, 'newer', minuteMs)]);
        assert.equal(await adapter.get(key), 'newer', `round ${round}`);
      }
    },
  },
  {
    id: 'LEASE-20',
    title: 'MUST take tokens of 1 to 64 characters of A-Z a-z 0-9 _ -',
    why: 'Cut or folded tokens are equal where they should not be.',
    needs: ['lease', 'storage'],
    async run({ having, key }) {
      const adapter = having('lease');
      const long = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-';
      for (const token of ['a', '-', '_', '0', '00', long]) {
        const name = key(token);
        await adapter.lease(name, token, minuteMs);
        assert.deepEqual(await adapter.lease(name, 'other', minuteMs), { state: 'held', token });
        const almost = token === long ? long.replace('-', '_') : `${token}0`;
        assert.equal(await adapter.fill(name, almost, 'wrong', minuteMs), false);
        assert.equal(await adapter.fill(name, token, 'value', minuteMs), true);
      }
    },
  },
  {
    id: 'LEASE-21',
    title: 'MUST refuse what set refuses, in lease and in fill',
    why: 'The second way in that forgets the check.',
    needs: ['lease'],
    async run({ having, key, stored, refused }) {
      const adapter = having('lease');
      await adapter.lease(key(), 'token', minuteMs);
      const fill = (value: unknown, ttlMs: unknown) => () =>
        adapter.fill(key(), 'token', value as string, ttlMs as number);
      for (const value of [`${LEASE_MARKER}x`, '\ud800', undefined, 1]) {
        await refused(fill(value, minuteMs), 'CACHE_VALUE_INVALID');
      }
      for (const ttlMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, undefined]) {
        await refused(fill('value', ttlMs), 'CACHE_TTL_INVALID');
        await refused(() => adapter.lease(key('b'), 'token', ttlMs as number), 'CACHE_TTL_INVALID');
      }
      assert.equal(await adapter.fill(key(), 'token', 'value', minuteMs), stored(true, false));
    },
  },
  {
    id: 'LEASE-22',
    title: 'MUST NOT let a lease that was not granted change a life',
    why: 'Each waiting reader would extend the lease of a dead one, or the life of a value.',
    needs: ['lease', 'storage'],
    waits: true,
    async run({ having, key }) {
      const adapter = having('lease');
      const ttlMs = ttlOf(adapter, 2, 500);
      await adapter.set(key('long'), 'value', minuteMs);
      assert.equal((await adapter.lease(key('long'), 'a', ttlMs)).state, 'hit');
      const bounds = boundsFor(adapter, ttlMs);
      const write = () => adapter.set(key('value'), 'value', ttlMs);
      const read = async () => (await adapter.lease(key('value'), 'a', minuteMs)).state === 'hit';
      const lifetime = await measureLifetime(write, read, bounds.latestMs, bounds.everyMs);
      assertNotForever([lifetime], bounds);
      assert.equal(await adapter.get(key('long')), 'value');
    },
  },
  {
    id: 'LEASE-23',
    title: 'MUST let an entry be leased again after it has expired or was deleted',
    why: 'Markers that outlive their entry keep everyone waiting for a load that nobody runs.',
    needs: ['lease', 'storage'],
    waits: true,
    async run({ having, key }) {
      const adapter = having('lease');
      const ttlMs = ttlOf(adapter, 1, 100);
      await Promise.all(['a', 'b'].map((name) => adapter.lease(key(name), 'first', minuteMs)));
      await adapter.fill(key('a'), 'first', 'value', ttlMs);
      await adapter.fill(key('b'), 'first', 'value', minuteMs);
      await adapter.delete(key('b'));
      await sleep(boundsFor(adapter, ttlMs).latestMs);
      for (const name of ['a', 'b']) {
        assert.deepEqual(await adapter.lease(key(name), 'second', minuteMs), { state: 'granted' });
        assert.equal(await adapter.fill(key(name), 'second', 'again', minuteMs), true);
      }
    },
  },
];

/** Starts both at once, in every second round the other one first. */
async function race(round: number, ...starts: (() => Promise<unknown>)[]): Promise<void> {
  const inOrder = round % 2 === 0 ? starts : starts.toReversed();
  await Promise.all(inOrder.map((start) => start()));
}
