import assert from 'node:assert/strict';
import { LEASE_MARKER, type Lease } from '@tasker-cache/core/adapter';
import type { Clause } from '../clause.ts';
import { minuteMs, numbers } from './data.ts';

const granted: Lease = { state: 'granted' };
const held = (token: string): Lease => ({ state: 'held', token });
const hit = (value: string): Lease => ({ state: 'hit', value });

/** Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013: leases against stale sets and herds. */
export const leases: readonly Clause[] = [
  {
    id: 'LEASE-01',
    title: 'MUST grant the lease of an absent key',
    why: 'The lease is what a reader may fill with (Nishtala et al., NSDI 2013).',
    needs: ['lease'],
    async run({ having, key }) {
      assert.deepEqual(await having('lease').lease(key(), 'token', minuteMs), granted);
    },
  },
  {
    id: 'LEASE-02',
    title: 'MUST grant one of many callers, who ask at once on every instance',
    why: 'A look before the write lets several load: the stampede that the lease is there to prevent.',
    needs: ['lease', 'storage'],
    async run({ having, peer, key }) {
      const instances = [having('lease'), having('lease', peer)];
      for (const round of numbers(5)) {
        const tokens = numbers(20).map((index) => `token-${round}-${index}`);
        const ask = (token: string, index: number) =>
          instances[index % instances.length]?.lease(key(`${round}`), token, minuteMs);
        const answers = await Promise.all(tokens.map(ask));
        const winners = tokens.filter((_, index) => answers[index]?.state === 'granted');
        assert.equal(
          winners.length,
          1,
          `${winners.length} of ${tokens.length} callers were granted`,
        );
        const losers = answers.filter((answer) => answer?.state !== 'granted');
        for (const answer of losers) assert.deepEqual(answer, held(winners[0] ?? ''));
      }
    },
  },
  {
    id: 'LEASE-03',
    title: "MUST report the holder's token to everyone else, the same client included",
    why: 'One token per client: its second reader would take the running load for its own, and join too late.',
    needs: ['lease', 'storage'],
    async run({ having, key }) {
      const adapter = having('lease');
      await adapter.lease(key('a'), 'first', minuteMs);
      await adapter.lease(key('b'), 'second', minuteMs);
      assert.deepEqual(await adapter.lease(key('a'), 'third', minuteMs), held('first'));
      assert.deepEqual(await adapter.lease(key('b'), 'fourth', minuteMs), held('second'));
      assert.deepEqual(await adapter.lease(key('a'), 'fifth', minuteMs), held('first'));
    },
  },
  {
    id: 'LEASE-04',
    title: 'MUST report the value that is there, whatever text it is',
    why: 'A lease that overwrites a value, or hides an empty one, turns every hit into a load.',
    needs: ['lease', 'storage'],
    async run({ having, peer, key }) {
      const adapter = having('lease');
      const values = [
        'value',
        '',
        'null',
        'a\0b',
        '😀',
        `x${LEASE_MARKER}y`,
        LEASE_MARKER.slice(0, -1),
      ];
      for (const value of values) {
        await peer.set(key(), value, minuteMs);
        assert.deepEqual(await adapter.lease(key(), 'token', minuteMs), hit(value));
        assert.equal(await adapter.get(key()), value);
      }
    },
  },
  {
    id: 'LEASE-05',
    title: 'MUST read a leased key as a miss',
    why: 'The marker handed out as a value is parsed as a template.',
    needs: ['lease'],
    async run({ having, key }) {
      const adapter = having('lease');
      await adapter.lease(key(), 'token', minuteMs);
      assert.equal(await adapter.get(key()), undefined);
    },
  },
  {
    id: 'LEASE-06',
    title: 'MUST fill its own lease, and say so',
    why: 'A fill that is always refused leaves the cache empty.',
    needs: ['lease', 'storage'],
    async run({ having, peer, key }) {
      const adapter = having('lease');
      for (const [index, value] of ['value', '', '😀\0'].entries()) {
        await adapter.lease(key(`${index}`), 'token', minuteMs);
        assert.equal(await adapter.fill(key(`${index}`), 'token', value, minuteMs), true);
        for (const reader of [adapter, peer])
          assert.equal(await reader.get(key(`${index}`)), value);
      }
    },
  },
  {
    id: 'LEASE-07',
    title: "MUST refuse a fill with another token, and leave the holder's lease alone",
    why: "Releases that ignore the token act on a stranger's lock (twentyhq/twenty#25661).",
    needs: ['lease', 'storage'],
    async run({ having, key }) {
      const adapter = having('lease');
      await adapter.lease(key(), 'token', minuteMs);
      for (const token of ['other', 'toke', 'tokens', 'TOKEN', 'oken', 't', '_', 'token-']) {
        assert.equal(await adapter.fill(key(), token, 'wrong', minuteMs), false, `with '${token}'`);
      }
      assert.equal(await adapter.get(key()), undefined);
      assert.equal(await adapter.fill(key(), 'token', 'right', minuteMs), true);
      assert.equal(await adapter.get(key()), 'right');
    },
  },
  {
    id: 'LEASE-08',
    title: 'MUST refuse the fill after a delete, and keep the key absent',
    why: 'The stale set: a reader stores for an hour what a worker has just invalidated (Nishtala et al., NSDI 2013).',
    needs: ['lease'],
    async run({ having, key }) {
      const adapter = having('lease');
      await adapter.lease(key(), 'token', minuteMs);
      await adapter.delete(key());
      assert.equal(await adapter.fill(key(), 'token', 'stale', minuteMs), false);
      assert.equal(await adapter.get(key()), undefined);
    },
  },
  {
    id: 'LEASE-09',
    title: "MUST refuse the fill after another instance's delete",
    why: 'A lease kept in the client, or under a second key, does not notice a plain DEL.',
    needs: ['lease', 'shared'],
    async run({ having, peer, key }) {
      const adapter = having('lease');
      await adapter.lease(key(), 'token', minuteMs);
      assert.equal(await peer.delete(key()), true);
      assert.equal(await adapter.fill(key(), 'token', 'stale', minuteMs), false);
      assert.equal(await adapter.get(key()), undefined);
    },
  },
  {
    id: 'LEASE-10',
    title: 'MUST refuse the fill after a set, and keep what was set',
    why: 'The set is newer than the load that the lease was for.',
    needs: ['lease', 'storage'],
    async run({ having, peer, key }) {
      const adapter = having('lease');
      await adapter.lease(key(), 'token', minuteMs);
      await peer.set(key(), 'newer', minuteMs);
      assert.equal(await adapter.get(key()), 'newer');
      assert.equal(await adapter.fill(key(), 'token', 'older', minuteMs), false);
      assert.equal(await adapter.get(key()), 'newer');
    },
  },
  {
    id: 'LEASE-11',
    title: 'MUST refuse a fill without any lease',
    why: 'Eviction and restarts lose markers; losing one may only ever refuse a fill.',
    needs: ['lease'],
    async run({ having, key }) {
      const adapter = having('lease');
      assert.equal(await adapter.fill(key(), 'token', 'value', minuteMs), false);
      assert.equal(await adapter.get(key()), undefined);
    },
  },
  {
    id: 'LEASE-12',
    title: 'MUST refuse a second fill with the same token',
    why: 'The first fill has used up the marker; the second may carry an older load.',
    needs: ['lease', 'storage'],
    async run({ having, key }) {
      const adapter = having('lease');
      await adapter.lease(key(), 'token', minuteMs);
      assert.equal(await adapter.fill(key(), 'token', 'first', minuteMs), true);
      assert.equal(await adapter.fill(key(), 'token', 'second', minuteMs), false);
      assert.equal(await adapter.get(key()), 'first');
    },
  },
  {
    id: 'LEASE-13',
    title: 'MUST tell a lease from the next one on the same key',
    why: 'Deleted and leased again, the key looks the same: only the token knows (the ABA problem).',
    needs: ['lease', 'storage'],
    async run({ having, key }) {
      const adapter = having('lease');
      await adapter.lease(key(), 'first', minuteMs);
      await adapter.delete(key());
      assert.deepEqual(await adapter.lease(key(), 'second', minuteMs), granted);
      assert.equal(await adapter.fill(key(), 'first', 'stale', minuteMs), false);
      assert.equal(await adapter.fill(key(), 'second', 'fresh', minuteMs), true);
      assert.equal(await adapter.get(key()), 'fresh');
    },
  },
];
