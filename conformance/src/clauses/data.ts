import type { Random } from '../random.ts';

/** Long enough for a run, short enough that nothing stays behind. */
export const minuteMs = 60_000;

type Alphabets = readonly (readonly string[])[];

/** Text that every protocol takes as it is. */
export const printable: Alphabets = [
  [...'abcXYZ019_-.:/%*?[]{}\\^$#"\''],
  [...'éßЖ日語नमस्ते'],
  ['😀', '👩‍👩‍👧‍👦', '𝒳', '\u{10ffff}', '\ufffd', '\uffff'],
];

const anything: Alphabets = [...printable, [...' \0\t\n\r\x1b\x7f\x80\xa0\u2028\ufeff']];

/** Well-formed text of so many characters, from several alphabets. */
export function randomText(
  random: Random,
  characters: number,
  alphabets: Alphabets = anything,
): string {
  const parts = Array.from({ length: characters }, () => random.pick(random.pick(alphabets)));
  // Apart from the lease marker.
  return `=${parts.join('')}`;
}

export function list(text: string, separator = ' '): string[] {
  return text.split(separator);
}

/** The numbers from 0 up to, not including, `count`. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
