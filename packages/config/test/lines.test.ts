// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables in TOML look like this
import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { locateKeys, type Path } from '../src/lines.ts';
import { randomNumbers } from './support.ts';

/** The lines of all the paths, in text that smol-toml accepts. */
function linesOf(text: string, ...paths: Path[]): (number | undefined)[] {
  parse(text);
  return paths.map(locateKeys(text));
}

describe.each([
  ['LF', '\n'],
  ['CRLF', '\r\n'],
])('%s', (_, lineEnd) => {
  const lines = (rows: string[], ...paths: Path[]) => linesOf(rows.join(lineEnd), ...paths);

  test('tables and keys', () => {
    const rows = ['', 'a = 1', '[b]', '', 'c = 2', '[b.d]', 'e=3'];
    expect(lines(rows, ['a'], ['b'], ['b', 'c'], ['b', 'd'], ['b', 'd', 'e'])).toEqual([
      2, 3, 5, 6, 7,
    ]);
  });

  test('a key that is not there has the line of its table, and else none', () => {
    const rows = ['', '[a.b]', 'c = 1'];
    expect(lines(rows, ['a', 'b', 'x'], ['a', 'x'], ['x'], [])).toEqual([
      2,
      2,
      undefined,
      undefined,
    ]);
  });

  test('a table’s own header wins over a mention in another', () => {
    const rows = ['[a.b.c]', 'x = 1', '[a.b]', 'y = 1'];
    expect(lines(rows, ['a'], ['a', 'b'], ['a', 'b', 'c'])).toEqual([1, 3, 1]);
  });

  test('dotted keys', () => {
    const rows = ['[a]', 'b.c = 1', 'b . d = 2', '  b.e.f=3'];
    expect(lines(rows, ['a', 'b', 'c'], ['a', 'b', 'd'], ['a', 'b', 'e', 'f'])).toEqual([2, 3, 4]);
  });

  test('quoted keys', () => {
    const rows = [
      '["a.b" . \'c\']',
      '"x = y" = 1',
      "'#' = 2",
      '"\\u0041\\e" = 3',
      'd."e f".g = 4',
      '"" = 5',
      '"__proto__" = 6',
      '"\\"" = 7',
    ];
    const keys = ['x = y', '#', 'A\u001b', '', '__proto__', '"'];
    expect(lines(rows, ...keys.map((key) => ['a.b', 'c', key]))).toEqual([2, 3, 4, 6, 7, 8]);
    expect(lines(rows, ['a.b', 'c'], ['a.b', 'c', 'd', 'e f', 'g'])).toEqual([1, 5]);
  });

  test('comments', () => {
    const rows = ['# a = 1', '[b] # [c]', 'd = 1 # e = 2', '#[x]', 'f = "#" # \' " [', 'g = 1'];
    expect(lines(rows, ['b', 'd'], ['b', 'f'], ['b', 'g'], ['a'], ['x'])).toEqual([
      3,
      5,
      6,
      undefined,
      undefined,
    ]);
  });

  test('inline tables, over several lines too', () => {
    const rows = [
      'a = { b = 1, c.d = "}, e = 2", f = { g = [ { h = 1 } ] } }',
      'i = {',
      '  j = 1, # k = 2',
      '  l = { m = "{" },',
      '  n = [1, 2],',
      '  "o p" = 3,',
      '}',
      'q = {}',
      'r = 1',
    ];
    expect(lines(rows, ['a', 'b'], ['a', 'c', 'd'], ['a', 'f', 'g', 'h'])).toEqual([1, 1, 1]);
    expect(lines(rows, ['i', 'j'], ['i', 'l', 'm'], ['i', 'n'], ['i', 'o p'])).toEqual([
      3, 4, 5, 6,
    ]);
    expect(lines(rows, ['q'], ['r'], ['e'], ['k'])).toEqual([8, 9, undefined, undefined]);
  });

  test('arrays over several lines', () => {
    const rows = ['a = [', '  "b = 1", # ]', '  [2, [3]],', ']', 'c = 1'];
    rows.push('[[d]]', 'e = 1', '[[d]]', 'e = 2', '[f]', 'g = 1');
    expect(lines(rows, ['a'], ['c'], ['f', 'g'], ['b'])).toEqual([1, 5, 11, undefined]);
  });

  test('multi-line strings', () => {
    const rows = [
      'a = """',
      'b = 1',
      '[c]',
      'quotes " "" \\""" \\',
      '"""',
      "d = '''",
      "e = 1 ' '' \\",
      "'''",
      'f = """"""',
      'g = """two""""" # quotes',
      "h = '''two'''''",
      'i = """\\\\"""',
      "j = 'C:\\'",
      'k = 1',
    ];
    expect(lines(rows, ['a'], ['d'], ['f'], ['g'], ['h'], ['i'], ['j'], ['k'])).toEqual([
      1, 6, 9, 10, 11, 12, 13, 14,
    ]);
    expect(lines(rows, ['b'], ['c'], ['e'])).toEqual([undefined, undefined, undefined]);
  });
});

test('a byte order mark does not hide the first key', () => {
  expect(linesOf('\uFEFFa = 1\nb = 2', ['a'], ['b'])).toEqual([1, 2]);
});

test('a header or a key may end the text', () => {
  expect(linesOf('[a]\n[b]', ['b'])).toEqual([2]);
  expect(linesOf('', ['b'])).toEqual([undefined]);
});

test('a megabyte of any one thing', () => {
  const size = 1_000_000;
  const fillers = [
    `x = "${'a'.repeat(size)}"`,
    `x = "${'\\\\'.repeat(size / 2)}"`,
    `x = '${'a'.repeat(size)}'`,
    `x = """${'a\n'.repeat(size / 2)}"""`,
    `x = """${'"" '.repeat(size / 3)}"""`,
    `x = '''${"'' ".repeat(size / 3)}'''`,
    `x = [${'1,'.repeat(size / 2)}]`,
    `#${'a'.repeat(size)}`,
    '\n'.repeat(size),
  ];
  for (const filler of fillers) {
    const text = `${filler}\n[wanted]\nkey = 1\n`;
    const expected = text.slice(0, text.indexOf('\nkey')).split('\n').length + 1;
    expect(linesOf(text, ['wanted', 'key'])).toEqual([expected]);
  }
});

test('documents made at random', () => {
  const seed = Number(process.env.SEED ?? 20_261_122);
  const random = randomNumbers(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const fillers = ['', '# k9 = 1 [t] {', '  ', '\t# "'];
  const values = [
    '1',
    'true',
    '"[t9]"',
    "'a = {'",
    '1979-05-27 07:32:00',
    '[1, "]", { a = 1 }]',
    '{ z.y = "}" }',
    '"""\nk9 = 1\n"""',
    "'''\n[t9]\n'''",
    '[\n  1, # ]\n  "a\\"",\n]',
    '{\n  z = 1,\n  y = [{}],\n}',
  ];
  for (let round = 0; round < 300; round++) {
    const rows: string[] = [];
    const expected = new Map<string, number>();
    const next = () => rows.join('\n').split('\n').length + (rows.length === 0 ? 0 : 1);
    for (let table = 0; table < 4; table++) {
      rows.push(pick(fillers));
      const header = pick([`t${table}`, `"t${table}"`, ` 't${table}' `]);
      expected.set(`t${table}`, next());
      rows.push(`[${header}]${pick(['', ' # [x]'])}`);
      for (let key = 0; key < 4; key++) {
        rows.push(pick(fillers));
        const name = pick([`k${key}`, `"k${key}"`, `k${key}.d`, `k${key} . "e = #"`]);
        expected.set(`t${table}.k${key}`, next());
        rows.push(`${name} = ${pick(values)}${pick(['', ' # = "'])}`);
      }
    }
    const text = rows.join('\n').replaceAll('\n', pick(['\n', '\r\n']));
    const paths = [...expected.keys()].map((path) => path.split('.'));
    const hint = `SEED=${seed}, round ${round}:\n${text}`;
    expect(linesOf(text, ...paths), hint).toEqual([...expected.values()]);
  }
});
