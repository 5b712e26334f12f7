import assert from 'node:assert/strict';
import type { Clause, ClauseContext } from '../clause.ts';
import { list, minuteMs, numbers, printable, randomText } from './data.ts';
import { operationsOn } from './limits.ts';

export const keys: readonly Clause[] = [
  {
    id: 'KEYS-01',
    title: 'MUST tell upper from lower case',
    why: 'Case folding hands one tenant the entry of another.',
    run: (context) => apart(context, list('key KEY Key ß SS ss ı i I İ')),
  },
  {
    id: 'KEYS-02',
    title: 'MUST take pattern characters for themselves',
    why: 'Keys are text: only a command that takes patterns could read them otherwise.',
    run: (context) => apart(context, list('* ** ? [a] a [^a] \\ \\* {a} a* a? . ..')),
  },
  {
    id: 'KEYS-03',
    title: 'MUST take white space, control characters and line ends, or refuse them by name',
    why: 'Unchecked, they end a memcached command and start another (CVE-2020-13254); trimmed, they merge keys.',
    async run(context) {
      const names = [
        ...list(
          'a b|ab|a  b|a\tb|a\nb|a\r\nb|a\0b|a\0c|a| a|a | a |\x7f|\x01|\x1b|\0|\xa0|\u2028',
          '|',
        ),
        'a\r\nset injected 0 60 1\r\nx\r\n',
        'a\r\n*1\r\n$8\r\nFLUSHALL\r\n',
        'a 0 60 1\r\nx\r\ndelete a',
      ];
      return apart(context, await takenOf(context, names));
    },
  },
  {
    id: 'KEYS-04',
    title: 'MUST take every alphabet, and normalise nothing',
    why: 'Two spellings of é are two keys; stored as latin1, many characters become the same.',
    run: (context) =>
      apart(
        context,
        list('é e\u0301 Å \u212b A\u030a 日 日本 שלום 😀 😁 \u{10ffff} \ufffd ? Ā Ł A ﬁ fi'),
      ),
  },
  {
    id: 'KEYS-05',
    title: 'MUST keep a key apart from its escaped form',
    why: 'An escaping that does not escape its own sign maps "a%2Fb" and "a/b" to one entry.',
    run: (context) =>
      apart(
        context,
        list('a/b a%2Fb a%2fb a%252Fb a%b a%25b a% a%2 a+b a\\u002fb a&#47;b a=2Fb a:b a%3Ab YSBi'),
      ),
  },
  {
    id: 'KEYS-06',
    title: 'MUST take the names of object properties for keys like any other',
    why: '"__proto__" as a key changed every object of the process (jaredwray/cacheable#1612).',
    async run({ adapter, key, stored }) {
      // Bare only in a store of its own: on a shared one, strangers may use these keys.
      const name = (text: string) => (adapter.scope === 'shared' ? key(text) : text);
      const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length'].map(name);
      for (const absent of names) assert.equal(await adapter.get(absent), undefined, absent);
      for (const absent of names) assert.equal(await adapter.delete(absent), false, absent);
      for (const text of names) await adapter.set(text, text, minuteMs);
      for (const text of names) assert.equal(await adapter.get(text), stored(text), text);
      const values = names.map((text) => stored(text));
      if (adapter.getMany) assert.deepEqual(await adapter.getMany(names), values);
    },
  },
  {
    id: 'KEYS-07',
    title: 'MUST keep keys apart that begin alike, or differ in a separator',
    why: 'Joined parts and shortened keys make two keys one.',
    run: (context) =>
      apart(context, [
        ...list(' a aa aaa a: :a a:a a::a a:a: a. a, a; 1 01 1.0 +1 1e0 -0 0 null undefined true'),
        ...list('{a} {a}b #a a#'),
      ]),
  },
  {
    id: 'KEYS-08',
    title: 'MUST refuse an empty key with CACHE_KEY_INVALID, in every operation',
    why: 'memjs sends it, and the server closes the connection or answers something else.',
    async run({ adapter, refused }) {
      for (const operation of operationsOn(adapter, ''))
        await refused(operation, 'CACHE_KEY_INVALID');
    },
  },
  {
    id: 'KEYS-09',
    title: 'MUST refuse a key with a lone surrogate, in every operation',
    why: 'All of them become U+FFFD in UTF-8, so different keys would share an entry.',
    async run({ adapter, key, refused }) {
      for (const bad of ['\ud800', '\udc00', '\ude00\ud83d']) {
        for (const operation of operationsOn(adapter, key(bad)))
          await refused(operation, 'CACHE_KEY_INVALID');
      }
    },
  },
  {
    id: 'KEYS-10',
    title: 'MUST refuse a key that is not a string',
    why: 'Turned into text, undefined and "undefined" share an entry.',
    async run({ adapter, refused }) {
      for (const bad of [undefined, null, 1, true, {}, ['a'], Symbol.iterator]) {
        for (const operation of operationsOn(adapter, bad as string))
          await refused(operation, 'CACHE_KEY_INVALID');
      }
    },
  },
  {
    id: 'KEYS-11',
    title: 'MUST keep apart whatever keys chance makes up',
    why: 'The other clauses name the faults that someone knew.',
    run(context) {
      const { adapter, key, random } = context;
      const names = numbers(100).map(() => randomText(random, 1 + random.below(15), printable));
      const fits = (name: string) => Buffer.byteLength(key(name)) <= adapter.limits.maxKeyBytes;
      return apart(context, names.filter(fits));
    },
  },
];

/** All but those with white space or a control character that every operation refuses by name. */
export async function takenOf(
  { adapter, key, refused }: ClauseContext,
  names: readonly string[],
): Promise<string[]> {
  const mayBeRefused = /[\s\p{Cc}]/u;
  const taken: string[] = [];
  for (const name of names) {
    const isTaken = await adapter.get(key(name)).then(
      () => true,
      () => !mayBeRefused.test(name),
    );
    if (isTaken) {
      taken.push(name);
      continue;
    }
    for (const operation of operationsOn(adapter, key(name)))
      await refused(operation, 'CACHE_KEY_INVALID');
  }
  return taken;
}

/** Each key has its own value; deleting every other one leaves the rest. */
async function apart(
  { adapter, key, stored }: ClauseContext,
  names: readonly string[],
): Promise<void> {
  const unique = [...new Set(names)];
  const textFor = (name: string) => `value of ${name}`;
  await Promise.all(unique.map((name) => adapter.set(key(name), textFor(name), minuteMs)));
  const readAll = () => Promise.all(unique.map((name) => adapter.get(key(name))));
  assert.deepEqual(
    await readAll(),
    unique.map((name) => stored(textFor(name))),
  );
  const gone = unique.filter((_, index) => index % 2 === 0);
  const answers = await Promise.all(gone.map((name) => adapter.delete(key(name))));
  for (const [index, name] of gone.entries()) {
    assert.equal(answers[index], stored(true, false), `delete of '${name}'`);
  }
  const left = unique.map((name) => (gone.includes(name) ? undefined : stored(textFor(name))));
  assert.deepEqual(await readAll(), left, 'after every other key was deleted');
}
