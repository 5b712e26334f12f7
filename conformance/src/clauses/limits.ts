import assert from 'node:assert/strict';
import type { CacheAdapter } from '@tasker-cache/core/adapter';
import type { Clause, ClauseContext } from '../clause.ts';
import { minuteMs } from './data.ts';

/** Larger values are possible, and a test of them says little more. */
const largestTriedBytes = 8 * 1024 * 1024;
export const largestTriedKeyBytes: number = 8 * 1024 * 1024;

export const limits: readonly Clause[] = [
  {
    id: 'LIMITS-01',
    title: 'MUST take a key of exactly maxKeyBytes through every operation',
    why: 'Off by one: a client asserted "< 250" for memcached (victorquinn/memcache-plus#105).',
    async run(context) {
      const { adapter, stored } = context;
      const key = keyOfBytes(context, adapter.limits.maxKeyBytes, 'k');
      await adapter.set(key, 'value', minuteMs);
      assert.equal(await adapter.get(key), stored('value'));
      if (adapter.getMany) assert.deepEqual(await adapter.getMany([key]), [stored('value')]);
      assert.equal(await adapter.delete(key), stored(true, false));
      const lease = await adapter.lease?.(key, 'token', minuteMs);
      if (lease) assert.equal(lease.state, 'granted');
      if (adapter.deletePrefix)
        assert.equal(await adapter.deletePrefix(key), stored(lease ? 1 : 0, 0));
    },
  },
  {
    id: 'LIMITS-02',
    title: 'MUST refuse a longer key with CACHE_KEY_TOO_LONG, in every operation',
    why: 'Sent on, it upset the order of replies (3rd-Eden/memcached#31), or was cut (Automattic/wp-cache-memcached#2).',
    async run(context) {
      const { adapter, refused } = context;
      const key = keyOfBytes(context, adapter.limits.maxKeyBytes + 1, 'k');
      for (const operation of operationsOn(adapter, key))
        await refused(operation, 'CACHE_KEY_TOO_LONG');
    },
  },
  {
    id: 'LIMITS-03',
    title: 'MUST count the bytes of a key, not its characters',
    why: 'A key of 250 characters can have 1000 bytes (victorquinn/memcache-plus#105).',
    async run(context) {
      const { adapter, stored, refused } = context;
      const limit = adapter.limits.maxKeyBytes;
      const fits = keyOfBytes(context, limit, '€');
      await adapter.set(fits, 'value', minuteMs);
      assert.equal(await adapter.get(fits), stored('value'));
      const tooLong = keyOfBytes(context, limit + 3, '€');
      assert.ok(tooLong.length <= limit);
      await refused(() => adapter.set(tooLong, 'value', minuteMs), 'CACHE_KEY_TOO_LONG');
      await refused(() => adapter.get(tooLong), 'CACHE_KEY_TOO_LONG');
    },
  },
  {
    id: 'LIMITS-04',
    title: 'MUST keep two keys of full length apart that differ in their last byte',
    why: 'A key that is cut hands out the entry of another (Automattic/wp-cache-memcached#2).',
    async run(context) {
      const { adapter, stored } = context;
      const base = keyOfBytes(context, adapter.limits.maxKeyBytes - 1, 'k');
      await adapter.set(`${base}a`, 'a', minuteMs);
      await adapter.set(`${base}b`, 'b', minuteMs);
      assert.equal(await adapter.get(`${base}a`), stored('a'));
      assert.equal(await adapter.get(`${base}b`), stored('b'));
    },
  },
  {
    id: 'LIMITS-05',
    title: 'MUST store a value of exactly maxValueBytes (at most 8 MiB are tried)',
    why: "Behind memcached's 1 MiB are 71 bytes of its own: values just below it failed (3rd-Eden/memcached#271).",
    async run({ adapter, key, stored }) {
      const size = Math.min(adapter.limits.maxValueBytes, largestTriedBytes);
      for (const character of ['v', 'é']) {
        const value = textOfBytes(size, character);
        await adapter.set(key(character), value, minuteMs);
        const read = await adapter.get(key(character));
        assert.equal(read?.length, stored(value.length));
        assert.ok(read === stored(value), `a value of ${size} bytes came back changed`);
        await adapter.delete(key(character));
      }
    },
  },
  {
    id: 'LIMITS-06',
    title: 'MUST refuse a larger value with CACHE_VALUE_TOO_LARGE, and keep the old one',
    why: 'Clients drop it in silence (lericson/pylibmc#5), lru-cache and memcached drop the old value too.',
    async run({ adapter, key, stored, refused, notApplicable }) {
      const limit = adapter.limits.maxValueBytes;
      if (limit > 8 * largestTriedBytes)
        notApplicable(`a value of more than ${limit} bytes is too large to try`);
      await adapter.set(key(), 'old', minuteMs);
      for (const value of ['v'.repeat(limit + 1), textOfBytes(limit + 2, 'é')]) {
        await refused(() => adapter.set(key(), value, minuteMs), 'CACHE_VALUE_TOO_LARGE');
      }
      assert.equal(await adapter.get(key()), stored('old'));
    },
  },
  {
    id: 'LIMITS-07',
    title: 'MUST hold fill to the limits of set, and leave the lease as it is',
    why: 'The second way in that forgets the check.',
    needs: ['lease'],
    async run({ having, key, stored, refused, notApplicable }) {
      const adapter = having('lease');
      const limit = adapter.limits.maxValueBytes;
      if (limit > 8 * largestTriedBytes)
        notApplicable(`a value of more than ${limit} bytes is too large to try`);
      await adapter.lease(key(), 'token', minuteMs);
      const large = 'v'.repeat(limit + 1);
      await refused(() => adapter.fill(key(), 'token', large, minuteMs), 'CACHE_VALUE_TOO_LARGE');
      assert.equal(await adapter.fill(key(), 'token', 'value', minuteMs), stored(true, false));
    },
  },
];

/** Every operation on a key that the adapter has. */
export function operationsOn(adapter: CacheAdapter, key: string): (() => Promise<unknown>)[] {
  const { getMany, deletePrefix, lease, fill } = adapter;
  return [
    () => adapter.get(key),
    () => adapter.set(key, 'value', minuteMs),
    () => adapter.delete(key),
    ...(getMany ? [() => getMany.call(adapter, [key])] : []),
    ...(deletePrefix && key !== '' ? [() => deletePrefix.call(adapter, key)] : []),
    ...(lease ? [() => lease.call(adapter, key, 'token', minuteMs)] : []),
    ...(fill ? [() => fill.call(adapter, key, 'token', 'value', minuteMs)] : []),
  ];
}

function keyOfBytes(context: ClauseContext, bytes: number, character: string): string {
  if (bytes > largestTriedKeyBytes)
    context.notApplicable(`a key of ${bytes} bytes is too large to try`);
  const start = context.key();
  return start + textOfBytes(bytes - Buffer.byteLength(start), character);
}

function textOfBytes(bytes: number, character: string): string {
  const width = Buffer.byteLength(character);
  return character.repeat(Math.floor(bytes / width)) + '.'.repeat(bytes % width);
}
