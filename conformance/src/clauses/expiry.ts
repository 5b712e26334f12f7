import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CacheAdapter } from '@tasker-cache/core/adapter';
import type { Clause, ClauseContext } from '../clause.ts';
import { minuteMs } from './data.ts';
import {
  assertNotEarly,
  assertNotForever,
  assertRoundedUp,
  boundsFor,
  measureLifetime,
  spreadLifetimes,
  ttlOf,
  valueLifetime,
} from './lifetime.ts';

const dayMs = 86_400_000;

export const expiry: readonly Clause[] = [
  {
    id: 'EXPIRY-01',
    title: 'MUST expire a value after its TTL',
    why: 'Milliseconds taken for seconds made every TTL 1000 times too long (strapi-community/plugin-rest-cache#126).',
    needs: ['storage'],
    waits: true,
    async run({ adapter, key }) {
      const ttlMs = ttlOf(adapter, 1, 300);
      assertNotForever([await valueLifetime(adapter, key(), ttlMs)], boundsFor(adapter, ttlMs));
    },
  },
  {
    id: 'EXPIRY-02',
    title: 'MUST NOT expire a value before its TTL',
    why: 'Seconds taken for milliseconds: a cache that is always cold, and nothing says why.',
    needs: ['storage'],
    waits: true,
    async run({ adapter, key }) {
      const ttlMs = ttlOf(adapter, 3, 900);
      await assertNotEarly(boundsFor(adapter, ttlMs), (round) =>
        valueLifetime(adapter, key(`${round}`), ttlMs),
      );
    },
  },
  {
    id: 'EXPIRY-03',
    title: 'MUST round a TTL up to the resolution',
    why: 'Truncating 1.9 s to 1 s halves the life of an entry; memcached may take another second (memcached/memcached#307).',
    needs: ['storage'],
    waits: true,
    async run({ adapter, key }) {
      await roundsUp(adapter, key, adapter.limits.ttlResolutionMs * 1.5);
    },
  },
  {
    id: 'EXPIRY-04',
    title: 'MUST NOT turn a TTL below the resolution into nothing or into forever',
    why: 'Rounded down it is 0, which memcached reads as "never expires" (m3dev/octoparts#22).',
    needs: ['storage'],
    waits: true,
    async run({ adapter, key }) {
      await roundsUp(adapter, key, adapter.limits.ttlResolutionMs / 4);
    },
  },
  {
    id: 'EXPIRY-05',
    title: 'MUST accept a TTL that is no whole number',
    why: 'A TTL comes out of a division or of jitter; servers take integers alone, and refuse 900.5.',
    needs: ['storage'],
    waits: true,
    async run({ adapter, key }) {
      const ttlMs = ttlOf(adapter, 3, 600) + 0.123456789;
      const bounds = boundsFor(adapter, ttlMs);
      await assertNotEarly(bounds, async (round) => {
        const lifetime = await valueLifetime(adapter, key(`${round}`), ttlMs);
        assertNotForever([lifetime], bounds);
        return lifetime;
      });
    },
  },
  {
    id: 'EXPIRY-06',
    title: 'MUST keep a value whose TTL is longer than 24.8 days',
    why: 'A timer of more than 2^31 ms fires at once (ptarjan/node-cache#84, Julien-R44/bentocache#61).',
    needs: ['storage'],
    waits: true,
    run: (context) => survives(context, [2 ** 31, 25 * dayMs, 2 ** 32 + 500]),
  },
  {
    id: 'EXPIRY-07',
    title: 'MUST keep a value whose TTL is longer than 30 days',
    why: 'memcached takes more than 30 days for a Unix time, long past: nobody could log in (indico/indico#1766).',
    needs: ['storage'],
    waits: true,
    run: (context) => survives(context, [30 * dayMs, 30 * dayMs + 1, 31 * dayMs, 400 * dayMs]),
  },
  {
    id: 'EXPIRY-08',
    title: 'MUST settle for a TTL of any size, with the value stored or a refusal',
    why: "A TTL that overflows the server's integer comes back as an error, or as an entry that is gone at once.",
    async run({ adapter, key, stored, refused }) {
      for (const ttlMs of [10 * 365 * dayMs, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE]) {
        const set = () => adapter.set(key(`${ttlMs}`), 'value', ttlMs);
        const done = await set().then(
          () => true,
          () => false,
        );
        if (done) assert.equal(await adapter.get(key(`${ttlMs}`)), stored('value'), `${ttlMs} ms`);
        else await refused(set, 'CACHE_TTL_INVALID', 'CACHE_REFUSED');
        await adapter.delete(key(`${ttlMs}`));
      }
    },
  },
  {
    id: 'EXPIRY-09',
    title: 'MUST give an overwritten value the new TTL, when it is longer',
    why: 'The timer of the old value took the new one away (aio-libs/aiocache#423, jellydator/ttlcache#136).',
    needs: ['storage'],
    waits: true,
    async run({ adapter, key }) {
      const ttlMs = ttlOf(adapter, 1, 200);
      await adapter.set(key('changed'), 'old', ttlMs);
      await adapter.set(key('same'), 'new', ttlMs);
      for (const name of ['changed', 'same']) await adapter.set(key(name), 'new', minuteMs);
      await sleep(boundsFor(adapter, ttlMs).latestMs);
      for (const name of ['changed', 'same'])
        assert.equal(await adapter.get(key(name)), 'new', name);
    },
  },
  {
    id: 'EXPIRY-10',
    title: 'MUST give an overwritten value the new TTL, when it is shorter',
    why: 'Updating a value in place kept the life of the old one.',
    needs: ['storage'],
    waits: true,
    async run({ adapter, key }) {
      const ttlMs = ttlOf(adapter, 1, 200);
      await adapter.set(key(), 'old', minuteMs);
      assertNotForever([await valueLifetime(adapter, key(), ttlMs)], boundsFor(adapter, ttlMs));
    },
  },
  {
    id: 'EXPIRY-11',
    title: 'MUST NOT extend a life by reading',
    why: 'A sliding expiry (lru-cache: updateAgeOnGet) never lets go of what is popular, stale or not.',
    needs: ['storage'],
    waits: true,
    async run({ adapter, key }) {
      const ttlMs = ttlOf(adapter, 2, 500);
      const bounds = boundsFor(adapter, ttlMs);
      const write = () => adapter.set(key(), 'value', ttlMs);
      const read = async () => {
        await adapter.getMany?.([key()]);
        return (await adapter.get(key())) !== undefined;
      };
      const lifetime = await measureLifetime(write, read, bounds.latestMs, bounds.everyMs);
      assertNotForever([lifetime], bounds);
    },
  },
  {
    id: 'EXPIRY-12',
    title: 'MUST keep a TTL for each key',
    why: 'One TTL for the whole cache ignores what each entry asked for, as moka did in Tasker.',
    needs: ['storage'],
    waits: true,
    async run({ adapter, key }) {
      const ttlMs = ttlOf(adapter, 1, 200);
      await adapter.set(key('before'), 'value', minuteMs);
      const [lifetime] = await Promise.all([
        valueLifetime(adapter, key('short'), ttlMs),
        adapter.set(key('after'), 'value', minuteMs),
      ]);
      assertNotForever([lifetime], boundsFor(adapter, ttlMs));
      assert.equal(await adapter.get(key('before')), 'value');
      assert.equal(await adapter.get(key('after')), 'value');
    },
  },
  {
    id: 'EXPIRY-13',
    title: 'MUST refuse a TTL that is not a finite number above 0',
    why: '0 and Infinity mean "forever" to some backends and "now" to others; memjs throws for -1.',
    async run({ adapter, key, refused }) {
      for (const ttlMs of [
        0,
        -0,
        -1,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
      ]) {
        await refused(() => adapter.set(key(), 'value', ttlMs), 'CACHE_TTL_INVALID');
      }
      for (const ttlMs of [undefined, null, '60000', 60_000n, {}]) {
        await refused(() => adapter.set(key(), 'value', ttlMs as number), 'CACHE_TTL_INVALID');
      }
    },
  },
  {
    id: 'EXPIRY-14',
    title: 'MUST treat an expired key as absent, and let it be written again',
    why: 'An entry that is only hidden still counts: its delete says true (dgraph-io/ristretto#129: its key stays unusable).',
    needs: ['storage'],
    waits: true,
    async run({ adapter, key }) {
      const ttlMs = ttlOf(adapter, 1, 100);
      await Promise.all([adapter.set(key('a'), 'a', ttlMs), adapter.set(key('b'), 'b', ttlMs)]);
      await sleep(boundsFor(adapter, ttlMs).latestMs);
      assert.equal(await adapter.delete(key('a')), false);
      await adapter.set(key('b'), 'again', minuteMs);
      assert.equal(await adapter.get(key('b')), 'again');
    },
  },
];

function roundsUp(adapter: CacheAdapter, key: ClauseContext['key'], ttlMs: number): Promise<void> {
  return assertRoundedUp(adapter, boundsFor(adapter, ttlMs), (round) =>
    spreadLifetimes(adapter, (index) => valueLifetime(adapter, key(`${round}-${index}`), ttlMs)),
  );
}

async function survives({ adapter, key }: ClauseContext, ttlsMs: readonly number[]): Promise<void> {
  const all = ttlsMs.map((ttlMs) => ({ name: key(`${ttlMs}`), ttlMs }));
  for (const { name, ttlMs } of all) await adapter.set(name, 'value', ttlMs);
  await sleep(ttlOf(adapter, 2.2, 150));
  for (const { name, ttlMs } of all) {
    assert.equal(await adapter.get(name), 'value', `${ttlMs} ms had not passed`);
  }
  await Promise.all(all.map(({ name }) => adapter.delete(name)));
}
