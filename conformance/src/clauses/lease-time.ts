import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clause, With } from '../clause.ts';
import { minuteMs } from './data.ts';
import {
  assertNotEarly,
  assertNotForever,
  assertRoundedUp,
  boundsFor,
  type Lifetime,
  measureLifetime,
  spreadLifetimes,
  ttlOf,
  valueLifetime,
} from './lifetime.ts';

/** More than 30 days, and more than 2^31 ms. */
const monthMs = 31 * 86_400_000;

/** The lease clauses about how long things live. */
export const leaseTimes: readonly Clause[] = [
  {
    id: 'LEASE-14',
    title: 'MUST end a lease after its time, and refuse the fill that comes later',
    why: 'A reader that died would keep everyone else waiting for its value.',
    needs: ['lease', 'storage'],
    waits: true,
    async run({ having, key }) {
      const adapter = having('lease');
      const leaseMs = ttlOf(adapter, 1, 300);
      const lifetime = await leaseLifetime(adapter, key(), leaseMs);
      assertNotForever([lifetime], boundsFor(adapter, leaseMs));
      assert.equal(await adapter.fill(key(), 'token', 'late', minuteMs), false);
      assert.equal(await adapter.fill(key(), 'next', 'value', minuteMs), true);
    },
  },
  {
    id: 'LEASE-15',
    title: 'MUST NOT end a lease before its time, and round it up to the resolution',
    why: 'A lease that is over at once lets everyone load; one of 0 seconds never ends on memcached.',
    needs: ['lease', 'storage'],
    waits: true,
    async run({ having, key }) {
      const adapter = having('lease');
      const longMs = ttlOf(adapter, 3, 900);
      const shortMs = adapter.limits.ttlResolutionMs / 4;
      const measureShort = (round: number) =>
        spreadLifetimes(adapter, (index) =>
          leaseLifetime(adapter, key(`${round}-${index}`), shortMs),
        );
      const measureLong = (round: number) => leaseLifetime(adapter, key(`${round}`), longMs);
      await Promise.all([
        assertNotEarly(boundsFor(adapter, longMs), measureLong),
        assertRoundedUp(adapter, boundsFor(adapter, shortMs), measureShort),
      ]);
    },
  },
  {
    id: 'LEASE-16',
    title: "MUST give a filled value the fill's TTL, not the lease's",
    why: 'A fill that keeps the TTL of the marker expires within seconds; one without a TTL never does.',
    needs: ['lease', 'storage'],
    waits: true,
    async run({ having, key }) {
      const adapter = having('lease');
      const shortMs = ttlOf(adapter, 2, 500);
      const stepMs = adapter.limits.ttlResolutionMs;
      for (const [name, ttlMs] of Object.entries({
        long: minuteMs,
        month: monthMs,
        tiny: stepMs / 4,
      })) {
        await adapter.lease(key(name), 'token', shortMs);
        assert.equal(await adapter.fill(key(name), 'token', 'value', ttlMs), true, name);
      }
      const bounds = boundsFor(adapter, shortMs);
      await assertNotEarly(bounds, async (round) => {
        const short = key(`${round}`);
        await adapter.lease(short, 'token', minuteMs);
        const fill = () => adapter.fill(short, 'token', 'value', shortMs);
        const lifetime = await valueLifetime(adapter, short, shortMs, fill);
        assertNotForever([lifetime], bounds);
        return lifetime;
      });
      await sleep(2 * stepMs);
      assert.equal(await adapter.get(key('tiny')), undefined);
      assert.equal(await adapter.get(key('long')), 'value');
      assert.equal(await adapter.get(key('month')), 'value');
      await adapter.delete(key('month'));
    },
  },
];

/** Measures how long the first holder keeps others out; the last one who asked is the next holder. */
function leaseLifetime(adapter: With<'lease'>, key: string, leaseMs: number): Promise<Lifetime> {
  const { latestMs, everyMs } = boundsFor(adapter, leaseMs);
  const isThere = async () => (await adapter.lease(key, 'next', minuteMs)).state === 'held';
  return measureLifetime(() => adapter.lease(key, 'token', leaseMs), isThere, latestMs, everyMs);
}
