import assert from 'node:assert/strict';
import type { Clause, ClauseContext } from '../clause.ts';
import { minuteMs, numbers } from './data.ts';
import { takenOf } from './keys.ts';

export const prefixes: readonly Clause[] = [
  {
    id: 'PREFIX-01',
    title: 'MUST remove every key that starts with the prefix, and resolve to how many',
    why: 'The count is what an operator reads after an invalidation.',
    needs: ['deletePrefix'],
    async run({ having, key, stored }) {
      const adapter = having('deletePrefix');
      const names = ['in:a', 'in:b', 'in:b:c', 'in:'];
      await Promise.all(names.map((name) => adapter.set(key(name), 'value', minuteMs)));
      assert.equal(await adapter.deletePrefix(key('in:')), stored(4, 0));
      for (const name of names) assert.equal(await adapter.get(key(name)), undefined);
    },
  },
  {
    id: 'PREFIX-02',
    title: 'MUST NOT remove a key that does not start with the prefix',
    why: 'A pattern of *prefix* finds it in the middle of other keys (joshuaslate/type-cacheable#204).',
    needs: ['deletePrefix'],
    run: (context) =>
      keeps(context, 'in:', [
        'in',
        'i',
        'out',
        'in.a',
        'In:a',
        'IN:',
        ' in:a',
        'x in:a',
        `${context.key('in:')}a`,
      ]),
  },
  {
    id: 'PREFIX-03',
    title: 'MUST take the prefix for literal text, not for a pattern',
    why: 'Unescaped, "a*b" or "a[bc]" deletes what merely matches (the rules: alphagov/notifications-utils#583).',
    needs: ['deletePrefix'],
    async run(context) {
      const { having, key, stored } = context;
      const adapter = having('deletePrefix');
      const prefixesToOthers: Readonly<Record<string, readonly string[]>> = {
        '*': ['a', 'ab', ''],
        'a*': ['a', 'ab', 'a/'],
        'a?': ['ab', 'aa'],
        'a[bc]': ['ab', 'ac', 'a[', 'ab]'],
        'a[^b]': ['ac', 'a^'],
        'a\\': ['a', 'ab'],
        'a\\*': ['a*', 'ab', 'a'],
        'a{b,c}': ['ab', 'ac'],
        'a.': ['ab'],
        '^a': ['a'],
        a$: ['a'],
        'a|b': ['a', 'b'],
        'a%': ['ab', 'a'],
        a_: ['ab'],
      };
      for (const [index, [prefix, others]] of Object.entries(prefixesToOthers).entries()) {
        const name = (text: string) => key(`${index}:${text}`);
        const all = [`${prefix}`, `${prefix}tail`, ...others];
        await Promise.all(all.map((text) => adapter.set(name(text), text, minuteMs)));
        assert.equal(await adapter.deletePrefix(name(prefix)), stored(2, 0), `prefix '${prefix}'`);
        for (const other of others) {
          assert.equal(await adapter.get(name(other)), stored(other), `'${other}' for '${prefix}'`);
        }
      }
    },
  },
  {
    id: 'PREFIX-04',
    title: 'MUST find all of thousands of keys',
    why: 'One SCAN page alone was deleted, or none (thunderbird/appointment#1796, elizaOS/eliza#9928).',
    needs: ['deletePrefix'],
    async run({ having, key, stored }) {
      const adapter = having('deletePrefix');
      const names = numbers(2500).map((index) => key(`many:${index}`));
      await Promise.all(names.map((name) => adapter.set(name, 'value', minuteMs)));
      assert.equal(await adapter.deletePrefix(key('many:')), stored(names.length, 0));
      for (const name of names.filter((_, index) => index % 100 === 0)) {
        assert.equal(await adapter.get(name), undefined);
      }
      assert.equal(await adapter.deletePrefix(key('many:')), 0);
    },
  },
  {
    id: 'PREFIX-05',
    title: 'MUST resolve to 0 when no key starts with the prefix',
    why: 'DEL without a key is a syntax error on Redis.',
    needs: ['deletePrefix'],
    async run({ having, key }) {
      const adapter = having('deletePrefix');
      await adapter.set(key('other'), 'value', minuteMs);
      assert.equal(await adapter.deletePrefix(key('nothing:')), 0);
    },
  },
  {
    id: 'PREFIX-06',
    title: 'MUST remove lease markers too, so that late fills are refused',
    why: 'A reader that loads during the invalidation would store the old value afterwards.',
    needs: ['deletePrefix', 'lease', 'storage'],
    async run({ having, key }) {
      const leased = having('lease');
      await leased.lease(key('in:a'), 'token', minuteMs);
      assert.equal(await having('deletePrefix').deletePrefix(key('in:')), 1);
      assert.equal(await leased.fill(key('in:a'), 'token', 'late', minuteMs), false);
      assert.equal(await leased.get(key('in:a')), undefined);
    },
  },
  {
    id: 'PREFIX-07',
    title: 'MUST match case, white space and every character of any alphabet',
    why: 'Keys are bytes: case folding and normalisation delete the keys of others.',
    needs: ['deletePrefix'],
    async run(context) {
      await keeps(context, 'Ä:', ['ä:a', 'A\u0308:a', 'A:a']);
      await keeps(context, 'a b:', ['ab:a', 'a  b:a', 'a\tb:a']);
      await keeps(context, '日本:', ['日:a', '本:a']);
      await keeps(context, '\0:', [':a', '\x01:a']);
      await keeps(context, 'a\r\nb:', ['a', 'b:']);
    },
  },
  {
    id: 'PREFIX-08',
    title: 'MUST refuse a prefix that is empty, malformed or no string',
    why: 'An empty prefix is every key: of this application and of all others on the server.',
    needs: ['deletePrefix', 'own store'],
    alone: true,
    async run({ having, refused }) {
      const adapter = having('deletePrefix');
      for (const prefix of ['', '\ud800', undefined, null, 1]) {
        await refused(() => adapter.deletePrefix(prefix as string), 'CACHE_KEY_INVALID');
      }
    },
  },
  {
    id: 'PREFIX-09',
    title: 'MUST remove what was there before the call while others write',
    why: 'Keys that come and go move the cursor of a naive paging, which then skips old ones.',
    needs: ['deletePrefix'],
    async run({ having, key, stored }) {
      const adapter = having('deletePrefix');
      const all = numbers(150);
      const old = all.map((index) => key(`in:old:${index}`));
      await Promise.all(old.map((name) => adapter.set(name, 'old', minuteMs)));
      const removed = adapter.deletePrefix(key('in:'));
      const writes = all.flatMap((index) => [
        adapter.set(key(`in:new:${index}`), 'new', minuteMs),
        adapter.set(key(`out:${index}`), 'new', minuteMs),
      ]);
      const [count] = await Promise.all([removed, ...writes]);
      assert.ok(count >= stored(old.length, 0));
      const gone = await Promise.all(old.map((name) => adapter.get(name)));
      assert.ok(gone.every((value) => value === undefined));
      const kept = await Promise.all(all.map((index) => adapter.get(key(`out:${index}`))));
      assert.ok(kept.every((value) => value === stored('new')));
      await adapter.deletePrefix(key(''));
    },
  },
  {
    id: 'PREFIX-10',
    title: 'MUST remove what another instance wrote',
    why: 'A list of keys kept in the client knows its own keys alone.',
    needs: ['deletePrefix', 'shared'],
    async run({ having, peer, key }) {
      const adapter = having('deletePrefix');
      await peer.set(key('in:a'), 'value', minuteMs);
      assert.equal(await adapter.deletePrefix(key('in:')), 1);
      assert.equal(await peer.get(key('in:a')), undefined);
    },
  },
];

/** Deletes the prefix, of which there are two keys; the other keys stay. What the adapter refuses is left out. */
async function keeps(
  context: ClauseContext,
  prefix: string,
  others: readonly string[],
): Promise<void> {
  const { having, key, stored } = context;
  const adapter = having('deletePrefix');
  const taken = await takenOf(context, [prefix, ...others]);
  if (!taken.includes(prefix)) return;
  const names = others.filter((other) => taken.includes(other)).map((other) => key(other));
  await Promise.all(names.map((name) => adapter.set(name, name, minuteMs)));
  await adapter.set(key(prefix), 'value', minuteMs);
  await adapter.set(key(`${prefix}tail`), 'value', minuteMs);
  assert.equal(await adapter.deletePrefix(key(prefix)), stored(2, 0), `prefix '${prefix}'`);
  for (const name of names)
    assert.equal(await adapter.get(name), stored(name), `'${name}' for '${prefix}'`);
}
