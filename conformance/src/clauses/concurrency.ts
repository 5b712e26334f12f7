import assert from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import { minuteMs, numbers } from './data.ts';
import { largestTriedKeyBytes } from './limits.ts';

export const concurrency: readonly Clause[] = [
  {
    id: 'CONCURRENCY-01',
    title: 'MUST give each of many callers at once its own answer',
    why: 'Replies that slip by one hand out what others asked for (redis/redis-py#2665: the ChatGPT outage).',
    async run({ adapter, key, stored }) {
      const all = numbers(300);
      await Promise.all(
        all.map((index) => adapter.set(key(`${index}`), `value of ${index}`, minuteMs)),
      );
      const read = await Promise.all(all.map((index) => adapter.get(key(`${index}`))));
      assert.deepEqual(
        read,
        all.map((index) => stored(`value of ${index}`)),
      );
    },
  },
  {
    id: 'CONCURRENCY-02',
    title: 'MUST answer different operations at once, each with its own kind of answer',
    why: 'Pipelined replies are told apart by their order alone.',
    async run({ adapter, key, stored }) {
      const all = numbers(60);
      await Promise.all(all.map((index) => adapter.set(key(`${index}`), `${index}`, minuteMs)));
      const answers = await Promise.all(
        all.flatMap((index) => [
          adapter.get(key(`${index}`)),
          adapter.delete(key(`none-${index}`)),
          adapter.get(key(`none-${index}`)),
          adapter.set(key(`new-${index}`), 'new', minuteMs),
          adapter.ping(),
          adapter.delete(key(`${index}`)),
        ]),
      );
      const expected = (index: number) => [
        ...[stored(`${index}`), false, undefined, undefined, undefined],
        stored(true, false),
      ];
      assert.deepEqual(answers, all.flatMap(expected));
    },
  },
  {
    id: 'CONCURRENCY-03',
    title: 'MUST NOT let a refused operation disturb those around it',
    why: 'A refusal that takes a place in the queue of replies shifts all later ones (3rd-Eden/memcached#31).',
    async run({ adapter, key, stored }) {
      const { maxKeyBytes } = adapter.limits;
      const tooLong = maxKeyBytes < largestTriedKeyBytes ? maxKeyBytes + 1 : 0;
      const all = numbers(40);
      await Promise.all(all.map((index) => adapter.set(key(`${index}`), `${index}`, minuteMs)));
      const answers = await Promise.allSettled(
        all.flatMap((index) => [
          adapter.get(key(`${index}`)),
          adapter.get(''),
          adapter.set(key('no'), '\ud800', minuteMs),
          adapter.set(key('no'), 'value', -1),
          adapter.get('k'.repeat(tooLong)),
        ]),
      );
      const good = answers.filter((_, index) => index % 5 === 0);
      const bad = answers.filter((_, index) => index % 5 !== 0);
      const values = good.map((answer) =>
        answer.status === 'fulfilled' ? answer.value : answer.reason,
      );
      assert.deepEqual(
        values,
        all.map((index) => stored(`${index}`)),
      );
      assert.ok(bad.every((answer) => answer.status === 'rejected'));
    },
  },
  {
    id: 'CONCURRENCY-04',
    title: 'MUST end with one of the values when many write one key at once',
    why: 'A write of two steps mixes two of them, or loses both.',
    needs: ['storage'],
    async run({ adapter, peer, key }) {
      const writers = [adapter, peer];
      const values = numbers(50).map((index) => `${index}`.repeat(1 + index));
      await Promise.all(
        values.map((value, index) => writers[index % writers.length]?.set(key(), value, minuteMs)),
      );
      const read = await adapter.get(key());
      assert.ok(read !== undefined && values.includes(read), 'the value is one of those written');
      for (const writer of writers) assert.equal(await writer.get(key()), read);
    },
  },
  {
    id: 'CONCURRENCY-05',
    title: 'MUST show a finished write to every instance at once',
    why: 'Copies in the client, or reads from a replica, answer with what was there before.',
    needs: ['shared'],
    async run({ adapter, peer, key, random }) {
      for (const reader of [adapter, peer]) assert.equal(await reader.get(key()), undefined);
      for (const writer of [adapter, adapter, peer, peer, adapter]) {
        const value = `value ${random.below(1e9)}`;
        await writer.set(key(), value, minuteMs);
        for (const reader of [adapter, peer]) assert.equal(await reader.get(key()), value);
      }
      await adapter.delete(key());
      assert.equal(await peer.get(key()), undefined);
    },
  },
  {
    id: 'CONCURRENCY-06',
    title: 'MUST keep values of all sizes apart when they are read at once',
    why: 'A long reply comes in several chunks, short ones in between.',
    async run({ adapter, key, stored }) {
      const sizes = [0, 1, 100, 10_000, 65_527, 200_000].filter(
        (size) => size <= adapter.limits.maxValueBytes,
      );
      const values = numbers(24).map((index) =>
        `${index % 10}`.repeat(sizes[index % sizes.length] ?? 0),
      );
      await Promise.all(
        values.map((value, index) => adapter.set(key(`${index}`), value, minuteMs)),
      );
      for (const _ of numbers(3)) {
        const read = await Promise.all(values.map((_, index) => adapter.get(key(`${index}`))));
        assert.ok(
          values.every((value, index) => read[index] === stored(value)),
          'each value is its own',
        );
      }
    },
  },
  {
    id: 'CONCURRENCY-07',
    title: 'MUST settle thousands of operations that are in flight together',
    why: 'Of 100,000 operations, 14,088 were never answered (3rd-Eden/memcached#76).',
    async run({ adapter, key, stored }) {
      const all = numbers(2000);
      await adapter.set(key(), 'value', minuteMs);
      const read = await Promise.all(
        all.map((index) => adapter.get(index % 2 ? key() : key('none'))),
      );
      assert.deepEqual(
        read,
        all.map((index) => (index % 2 ? stored('value') : undefined)),
      );
    },
  },
  {
    id: 'CONCURRENCY-08',
    title: 'MUST answer the first operations of a new instance, however many there are',
    why: 'Before the connection is up, operations are queued, refused or forgotten (redis/ioredis#1511).',
    async run({ create, key, stored }) {
      const adapter = create();
      const writes = numbers(50).map((index) => adapter.set(key(`${index}`), `${index}`, minuteMs));
      const absent = numbers(50).map((index) => adapter.get(key(`none-${index}`)));
      const [misses] = await Promise.all([Promise.all(absent), ...writes]);
      assert.ok(misses.every((value) => value === undefined));
      const read = await Promise.all(numbers(50).map((index) => adapter.get(key(`${index}`))));
      assert.deepEqual(
        read,
        numbers(50).map((index) => stored(`${index}`)),
      );
    },
  },
];
