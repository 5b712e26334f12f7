import assert from 'node:assert/strict';
import { LEASE_MARKER } from '@tasker-cache/core/adapter';
import type { Clause, ClauseContext } from '../clause.ts';
import { list, minuteMs, numbers, randomText } from './data.ts';

export const readWrite: readonly Clause[] = [
  {
    id: 'RW-01',
    title: 'MUST return the value that was set',
    why: 'The base of all others. A store that acknowledges and keeps nothing passes for a cold cache.',
    async run({ adapter, key, stored }) {
      assert.equal(await adapter.set(key(), 'value', minuteMs), undefined);
      assert.equal(await adapter.get(key()), stored('value'));
    },
  },
  {
    id: 'RW-02',
    title: 'MUST resolve a miss to undefined, and to nothing else',
    why: "Clients answer null, '' or {} for a miss (node-cache/node-cache#11), which callers take for a value.",
    async run({ adapter, key }) {
      assert.equal(await adapter.get(key()), undefined);
      assert.equal(await adapter.get(key('again')), undefined);
    },
  },
  {
    id: 'RW-03',
    title: 'MUST let the last of several writes win, whatever their lengths',
    why: 'A write that only adds, or that overwrites bytes in place, leaves the old value or its tail.',
    async run({ adapter, key, stored }) {
      for (const value of ['a long first value', 'short', '', 'again a longer value', 'x']) {
        await adapter.set(key(), value, minuteMs);
        assert.equal(await adapter.get(key()), stored(value));
      }
    },
  },
  {
    id: 'RW-04',
    title: 'MUST keep an empty string apart from a miss',
    why: 'A truthiness check turns it into a miss (hapijs/catbox#58, theKashey/memoize-state#35).',
    run: (context) => roundTrip(context, ['']),
  },
  {
    id: 'RW-05',
    title: 'MUST keep text that looks like a value of another type',
    why: 'Layers that parse what they read return 1 for "1.0" and a miss for "null".',
    run: (context) =>
      roundTrip(context, [
        ...list('null undefined true false NaN 0 -0 1 1.0 007 1e3 -1 +1 nil OK {} [] "" "quoted"'),
        ...['9007199254740993', '[object Object]', 'Infinity'],
      ]),
  },
  {
    id: 'RW-06',
    title: 'MUST keep NUL, control characters and text of the wire protocols',
    why: 'C strings end at NUL; text protocols end at CR LF, and a value must not end a reply early.',
    run: (context) =>
      roundTrip(context, [
        ...list('a\0b \0 \0\0tail \r\n a\r\nb \n \t \x1b[31m \x7f'),
        ...list('END\r\n $-1\r\n $5\r\nhello\r\n *1\r\n _\r\n +OK\r\n HD\r\n STORED\r\n'),
        ...['VALUE a 0 1\r\nb\r\nEND\r\n', '-ERR no\r\n', String.fromCharCode(...numbers(32))],
      ]),
  },
  {
    id: 'RW-07',
    title: 'MUST keep every Unicode character, unchanged and unnormalised',
    why: 'Lossy encodings replace characters; normalisation merges texts that are different.',
    run: (context) =>
      roundTrip(context, [
        ...list(
          'é e\u0301 Å \u212b ﬁ ß İı 日本語 שלום नमस्ते 👩‍👩‍👧‍👦 😀 𝒳 \u{10ffff} a\u0300\u0301\u0302',
        ),
        ...list('\ufffd \uffff \ufffe \u2028\u2029 \u200b \u202e \x80 \xa0 \xff'),
        '😀'.repeat(50),
      ]),
  },
  {
    id: 'RW-08',
    title: 'MUST keep white space and byte order marks at both ends',
    why: 'Trimming and BOM stripping are defaults of many text decoders.',
    run: (context) =>
      roundTrip(context, list(' | a |\na\n|\ta\t|\ufeff|\ufeffa|a\ufeff|\xa0a\xa0|\r\n|a\n', '|')),
  },
  {
    id: 'RW-09',
    title: 'MUST keep JSON text byte for byte',
    why: 'A reparse loses 64-bit integers, 1.0, key order, and escapes; other languages read this text.',
    run: (context) =>
      roundTrip(context, [
        '{"id":9223372036854775807,"rate":1.0,"z":1,"a":2,"z":3}',
        '{"text":"\\u00e9\\ud83d\\ude00\\/","none":null,"__proto__":{"x":1}}',
        ' [1, 2 ,3 ] ',
        '"plain"',
      ]),
  },
  {
    id: 'RW-10',
    title: 'MUST keep text that holds the lease marker anywhere but at its start',
    why: 'Looking for the marker with includes() would hide such values forever.',
    run: (context) =>
      roundTrip(context, [
        ...[
          `a${LEASE_MARKER}b`,
          ` ${LEASE_MARKER}`,
          LEASE_MARKER.slice(0, -1),
          LEASE_MARKER[0] ?? '',
        ],
        ...[LEASE_MARKER.toUpperCase(), `"${LEASE_MARKER}"`],
      ]),
  },
  {
    id: 'RW-11',
    title: 'MUST refuse a value that starts with the lease marker',
    why: 'Stored, it would read as a lease that nobody holds.',
    async run({ adapter, key, refused }) {
      for (const value of [LEASE_MARKER, `${LEASE_MARKER}token`]) {
        await refused(() => adapter.set(key(), value, minuteMs), 'CACHE_VALUE_INVALID');
      }
    },
  },
  {
    id: 'RW-12',
    title: 'MUST refuse a value with a lone surrogate',
    why: 'UTF-8 has no form for it: Buffer.from stores U+FFFD, and another text comes back.',
    async run({ adapter, key, refused }) {
      for (const value of ['\ud800', 'a\udc00', '\ude00\ud83d']) {
        await refused(() => adapter.set(key(), value, minuteMs), 'CACHE_VALUE_INVALID');
      }
    },
  },
  {
    id: 'RW-13',
    title: 'MUST refuse a value that is not a string',
    why: 'Clients store "[object Object]" or "undefined", and lru-cache deletes the key for undefined.',
    async run({ adapter, key, refused }) {
      for (const value of [undefined, null, 1, true, {}, ['a'], new Uint8Array(1)]) {
        const set = () => adapter.set(key(), value as unknown as string, minuteMs);
        await refused(set, 'CACHE_VALUE_INVALID');
      }
    },
  },
  {
    id: 'RW-14',
    title: 'MUST NOT touch the stored value with a set that it refuses',
    why: 'A refusal comes before the backend sees anything; memcached deletes the old value (memcached/memcached#1069).',
    async run({ adapter, key, stored, refused }) {
      await adapter.set(key(), 'kept', minuteMs);
      const refusals = [
        () => adapter.set(key(), LEASE_MARKER, minuteMs),
        () => adapter.set(key(), '\ud800', minuteMs),
        () => adapter.set(key(), undefined as unknown as string, minuteMs),
        () => adapter.set(key(), 'new', 0),
        () => adapter.set(key(), 'new', Number.NaN),
      ];
      for (const set of refusals) await refused(set, 'CACHE_VALUE_INVALID', 'CACHE_TTL_INVALID');
      assert.equal(await adapter.get(key()), stored('kept'));
    },
  },
  {
    id: 'RW-15',
    title: 'MUST keep long text of many-byte characters',
    why: 'Characters cut by a chunk boundary came back as U+FFFD (redis/node-redis#1111, #2993).',
    run(context) {
      const length = Math.min(context.adapter.limits.maxValueBytes, 256 * 1024) / 4 - 8;
      const texts = ['ä', '€', '😀', 'a€'].map((text, index) => `${'x'.repeat(index)}${text}`);
      const long = texts.map((text) => text.repeat(length / text.length));
      return roundTrip(context, long);
    },
  },
  {
    id: 'RW-16',
    title: 'MUST keep whatever text chance makes up',
    why: 'The other clauses name the faults that someone knew.',
    run: (context) =>
      roundTrip(
        context,
        numbers(100).map(() => randomText(context.random, 1 + context.random.below(60))),
      ),
  },
  {
    id: 'RW-17',
    title: 'MUST return the same value however often it is read',
    why: 'A read that consumes, or that hands out a buffer which the next reply overwrites (redis/node-redis#1082).',
    async run({ adapter, key, stored }) {
      await adapter.set(key('a'), 'value of a', minuteMs);
      await adapter.set(key('b'), 'value of b', minuteMs);
      const reads = [];
      for (const name of ['a', 'b', 'a', 'a', 'b']) reads.push(await adapter.get(key(name)));
      const [a, b] = [stored('value of a'), stored('value of b')];
      assert.deepEqual(reads, [a, b, a, a, b]);
    },
  },
];

async function roundTrip(
  { adapter, key, stored }: Pick<ClauseContext, 'adapter' | 'key' | 'stored'>,
  values: readonly string[],
): Promise<void> {
  await Promise.all(values.map((value, index) => adapter.set(key(`${index}`), value, minuteMs)));
  const read = await Promise.all(values.map((_, index) => adapter.get(key(`${index}`))));
  for (const [index, value] of values.entries()) assert.equal(read[index], stored(value));
}
