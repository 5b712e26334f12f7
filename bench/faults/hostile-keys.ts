/** Names of neighbours that a key in the wrong hands could reach. */
export const neighbours: readonly string[] = ['key-1', 'neighbour', 'tasker:generic', 'tasker:g'];

/** What an application may pass as a key without knowing better, among keys that are none of it. */
export const hostileKeys: readonly string[] = [
  ...['key-0', 'key-1', 'key-2', 'key-3', 'key-4', 'key-5', 'key-6', 'key-7', 'key-8', 'key-9'],
  ...['', ' ', 'two words', 'tab\tand\0nul', '\r\nDEL key-1\r\n', '\r\ndelete key-1\r\n'],
  ...['*', 'key-?', 'key-[0-9]', '\\', '%', '%3A', ':', '__proto__', 'constructor', '..', '{x}'],
  ...['x'.repeat(251), 'y'.repeat(70_000), '\ud800', 'ключ', '🔑'.repeat(200), '!lease:x'],
];

/** Stored texts that are no value of any key; those in the wrong hands of JSON.parse among them. */
export const poison: readonly (string | Buffer)[] = [
  ...['', '{', 'null', '[]', '5', '"text"', '{"key":5}', '{"key":"key-999","body":"x"}'],
  ...['{"__proto__":{"isPolluted":true}}', '!nothing', '!'.repeat(100)],
  '['.repeat(500_000),
  `{"key":"${'x'.repeat(900_000)}"}`,
  Buffer.from([0xff, 0xfe, 0x00, 0xc3]),
];

/** More than any sensible limit on values; too large for memcached. */
export const hugePoison: string = `[${'['.repeat(10_000_000)}`;
