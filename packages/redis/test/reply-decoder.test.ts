import { describe, expect, test } from 'vitest';
import { ProtocolError, ReplyError } from '../src/errors.ts';
import { type Reply, ReplyDecoder } from '../src/reply-decoder.ts';

function decode(pieces: readonly (string | Buffer)[]): Reply[] {
  const replies: Reply[] = [];
  const decoder = new ReplyDecoder((reply) => replies.push(reply));
  for (const piece of pieces) decoder.write(Buffer.from(piece));
  return replies;
}

const text =
  '+OK\r\n:0\r\n:-42\r\n$-1\r\n$0\r\n\r\n$7\r\na\r\n€z\r\n*-1\r\n*0\r\n-ERR no\r\n' +
  '*3\r\n$1\r\na\r\n*2\r\n:1\r\n*1\r\n$-1\r\n-NO\r\n+last\r\n';
const replies: Reply[] = [
  'OK',
  0,
  -42,
  null,
  '',
  'a\r\n€z',
  null,
  [],
  new ReplyError('ERR no'),
  ['a', [1, [null]], new ReplyError('NO')],
  'last',
];

describe('ReplyDecoder', () => {
  test('decodes all kinds of replies', () => {
    expect(decode([text])).toEqual(replies);
  });

  test('however they are cut, inside a character too', () => {
    const bytes = Buffer.from(text);
    for (let size = 1; size < 20; size++) {
      const pieces: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
      expect(decode(pieces), `pieces of ${size}`).toEqual(replies);
    }
    for (let at = 0; at <= bytes.length; at++)
      expect(decode([bytes.subarray(0, at), bytes.subarray(at)]), `cut at ${at}`).toEqual(replies);
  });

  test('a large string in many pieces is copied once, not once a piece', () => {
    const value = 'x'.repeat(32 * 1024 * 1024);
    const bytes = Buffer.from(`*2\r\n$${value.length}\r\n${value}\r\n:1\r\n`);
    const copied: number[] = [];
    const concat = Buffer.concat;
    Buffer.concat = (pieces, length) => {
      const whole = concat(pieces, length);
      copied.push(whole.length);
      return whole;
    };
    try {
      const pieces: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += 65_536)
        pieces.push(bytes.subarray(at, at + 65_536));
      const replies: Reply[] = [];
      const decoder = new ReplyDecoder((reply) => replies.push(reply));
      for (const piece of pieces) decoder.write(piece);
      expect((replies[0] as Reply[])[0] === value).toBe(true);
    } finally {
      Buffer.concat = concat;
    }
    expect(copied.reduce((sum, length) => sum + length, 0)).toBeLessThan(2 * bytes.length);
  });

  test.each([
    'HTTP/1.1 400 Bad Request\r\n',
    '?',
    '\0',
    '_\r\n',
    '>1\r\n+x\r\n',
    '%1\r\n',
    '$abc\r\n',
    '$\r\n',
    '$-\r\n',
    '$-2\r\n',
    '$1 \r\n',
    '$1\r\nab\r\n',
    '$1\r\na\n\r',
    '$536870913\r\n',
    ':1.5\r\n',
    ':\r\n',
    '*x\r\n',
    '*-2\r\n',
    '*16777217\r\n',
    '+OK\rX',
    '*1\r\n'.repeat(9),
    '+'.padEnd(70_000, 'x'),
  ])('%j is no reply', (garbage) => {
    expect(() => decode([garbage.slice(0, 100_000)])).toThrow(ProtocolError);
    expect(() => decode(['+OK\r\n:1\r\n', garbage])).toThrow(ProtocolError);
  });
});
