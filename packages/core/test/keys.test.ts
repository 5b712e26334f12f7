import { expect, test } from 'vitest';
import { KeySpace } from '../src/keys.ts';

const space = new KeySpace('tasker', 'template', 100);

test('plain segments stay as the Rust server writes them', () => {
  expect(space.key(['payments', 'charge', '1.0.0'])).toBe('tasker:template:payments:charge:1.0.0');
  expect(space.key(24)).toBe('tasker:template:24');
  expect(space.key('zahlungen-für-münchen')).toBe('tasker:template:zahlungen-für-münchen');
});

test('separators, percent signs, white space and control characters are encoded', () => {
  expect(space.key('a:b%c d')).toBe('tasker:template:a%3Ab%25c%20d');
  expect(space.key('a\r\nDEL b\0')).toBe('tasker:template:a%0D%0ADEL%20b%00');
  expect(space.key('\u2028')).toBe('tasker:template:%E2%80%A8');
  expect(space.key('*?[]\\')).toBe('tasker:template:*?[]\\');
});

test('different segments never become one key', () => {
  const hostile = ['a', 'a:b', 'a%3Ab', 'a b', 'a%20b', '%', '%25', 'a:', ':a', 'x'.repeat(200)];
  const lists = hostile.flatMap((first) => [[first], ...hostile.map((second) => [first, second])]);
  const keys = lists.map((segments) => space.key(segments));
  expect(new Set(keys).size).toBe(lists.length);
});

test.each([
  ['an empty key', ''],
  ['an empty list', []],
  ['an empty segment', ['a', '']],
  ['a lone surrogate', '\ud800'],
  ['NaN', Number.NaN],
  ['an infinite number', Number.POSITIVE_INFINITY],
])('%s is refused', (_name, key) => {
  expect(() => space.key(key)).toThrow(expect.objectContaining({ code: 'CACHE_KEY_INVALID' }));
});

test('a key past the limit keeps its head, differs by its hash, and is never cut in a character', () => {
  const long = space.key(['ns', 'é'.repeat(500)]);
  const other = space.key(['ns', `${'é'.repeat(499)}e`]);
  expect(long).not.toBe(other);
  expect(long.startsWith('tasker:template:ns:é')).toBe(true);
  expect(Buffer.byteLength(long)).toBeLessThanOrEqual(100);
  expect(long).not.toContain('\ufffd');
});

test('a prefix ends at a segment, and one that shortened keys could escape is refused', () => {
  expect(space.prefix('pay')).toBe('tasker:template:pay:');
  expect(space.prefix([])).toBe('tasker:template:');
  const namespace = 'n'.repeat(30);
  const long = space.key([namespace, 'x'.repeat(300)]);
  expect(long.startsWith(space.prefix(namespace))).toBe(true);
  expect(() => space.prefix('n'.repeat(50))).toThrow(
    expect.objectContaining({ code: 'CACHE_KEY_TOO_LONG' }),
  );
});
