import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clause } from '../clause.ts';
import { minuteMs, numbers, randomText } from './data.ts';
import { boundsFor, ttlOf } from './lifetime.ts';

export const batch: readonly Clause[] = [
  {
    id: 'BATCH-01',
    title: 'MUST answer in the order of the keys, hits and misses alike',
    why: 'Merging the answers of several nodes mixed them up (vert-x3/vertx-redis-client#537).',
    needs: ['getMany'],
    async run({ having, peer, key, stored }) {
      const adapter = having('getMany');
      const names = ['e', 'a', 'd', 'b', 'c', 'f'];
      const absent = new Set(['a', 'c']);
      for (const name of names.toSorted()) {
        if (!absent.has(name)) await peer.set(key(name), `value of ${name}`, minuteMs);
      }
      const answers = await adapter.getMany(names.map((name) => key(name)));
      const value = (name: string) => (absent.has(name) ? undefined : stored(`value of ${name}`));
      assert.deepEqual(answers, names.map(value));
    },
  },
  {
    id: 'BATCH-02',
    title: 'MUST answer no keys with an empty list',
    why: 'MGET without keys is a syntax error on Redis.',
    needs: ['getMany'],
    async run({ having }) {
      assert.deepEqual(await having('getMany').getMany([]), []);
    },
  },
  {
    id: 'BATCH-03',
    title: 'MUST answer a key at each of its places',
    why: 'Answers collected in a map lose the second place.',
    needs: ['getMany'],
    async run({ having, key, stored }) {
      const adapter = having('getMany');
      await adapter.set(key('a'), 'a', minuteMs);
      await adapter.set(key('b'), 'b', minuteMs);
      const names = ['a', 'b', 'a', 'none', 'a', 'none'].map((name) => key(name));
      const [a, b] = [stored('a'), stored('b')];
      assert.deepEqual(await adapter.getMany(names), [a, b, a, undefined, a, undefined]);
    },
  },
  {
    id: 'BATCH-04',
    title: 'MUST answer as many places as it was asked for, a miss with undefined',
    why: 'Clients leave misses out, or answer null.',
    needs: ['getMany'],
    async run({ having, key }) {
      const answers = await having('getMany').getMany([key('a'), key('b'), key('c')]);
      assert.ok(Array.isArray(answers), 'getMany() resolves to an array');
      assert.equal(answers.length, 3);
      for (const index of [0, 1, 2]) assert.equal(answers[index], undefined);
    },
  },
  {
    id: 'BATCH-05',
    title: 'MUST read a leased key as a miss',
    why: 'The marker handed out as a value is parsed as a template.',
    needs: ['getMany', 'lease'],
    async run({ having, key, stored }) {
      await having('lease').lease(key('leased'), 'token', minuteMs);
      const adapter = having('getMany');
      await adapter.set(key('value'), 'value', minuteMs);
      const answers = await adapter.getMany([key('leased'), key('value')]);
      assert.deepEqual(answers, [undefined, stored('value')]);
    },
  },
  {
    id: 'BATCH-06',
    title: 'MUST answer thousands of keys',
    why: 'Batches cut at a limit of the server or of the client lose the rest.',
    needs: ['getMany'],
    async run({ having, key, stored }) {
      const adapter = having('getMany');
      const names = numbers(3000).map((index) => key(`${index}`));
      const third = numbers(1000).map((index) => index * 3);
      const write = (index: number) => adapter.set(names[index] ?? '', `${index}`, minuteMs);
      await Promise.all(third.map(write));
      const expected = names.map((_, index) => (index % 3 === 0 ? stored(`${index}`) : undefined));
      assert.deepEqual(await adapter.getMany(names), expected);
    },
  },
  {
    id: 'BATCH-07',
    title: 'MUST refuse the batch when one of its keys is not allowed',
    why: 'A batch is checked as single reads are, before the backend sees it.',
    needs: ['getMany'],
    async run({ having, key, refused }) {
      const adapter = having('getMany');
      for (const bad of ['', '\ud800', undefined, 7]) {
        const keys = [key('a'), bad as string, key('b')];
        await refused(() => adapter.getMany(keys), 'CACHE_KEY_INVALID');
      }
    },
  },
  {
    id: 'BATCH-08',
    title: 'MUST return the same as single reads, whatever the values',
    why: 'The batch is another path through encoding and decoding.',
    needs: ['getMany'],
    async run({ having, key, random }) {
      const adapter = having('getMany');
      const values = [
        '',
        'null',
        '0',
        '\0',
        'a\r\nb',
        '😀',
        ...numbers(30).map(() => randomText(random, 20)),
      ];
      await Promise.all(
        values.map((value, index) => adapter.set(key(`${index}`), value, minuteMs)),
      );
      const names = values.map((_, index) => key(`${index}`));
      const singles = await Promise.all(names.map((name) => adapter.get(name)));
      assert.deepEqual(await adapter.getMany(names), singles);
    },
  },
  {
    id: 'BATCH-09',
    title: 'MUST NOT change the list of keys',
    why: 'Prefixing keys in place changes the list that the caller still uses.',
    needs: ['getMany'],
    async run({ having, key }) {
      const names = Object.freeze([key('a'), key('b')]);
      await having('getMany').getMany(names);
      assert.deepEqual(names, [key('a'), key('b')]);
    },
  },
  {
    id: 'BATCH-10',
    title: 'MUST read expired keys as misses',
    why: 'Where reading checks the expiry, the batch has to check it too.',
    needs: ['getMany', 'storage'],
    waits: true,
    async run({ having, key }) {
      const adapter = having('getMany');
      const ttlMs = ttlOf(adapter, 1, 100);
      await adapter.set(key('short'), 'value', ttlMs);
      await adapter.set(key('long'), 'value', minuteMs);
      await sleep(boundsFor(adapter, ttlMs).latestMs);
      assert.deepEqual(await adapter.getMany([key('short'), key('long')]), [undefined, 'value']);
    },
  },
];
