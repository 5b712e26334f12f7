import type { Reply } from './protocol.ts';

/** memcached's own default of `-I`. */
export const defaultItemBytes: number = 1024 * 1024;

/** The largest `-I` that memcached takes. */
export const largestItemBytes: number = 1024 * 1024 * 1024;

/**
 * What an item holds besides its value: the header (48 bytes), the CAS id (8), flags (up to 4), a
 * key of 250 bytes with its end (251) and the value's line end (2): 313 bytes, with some to spare.
 */
const itemOverheadBytes = 320;

/** The largest value that surely fits into an item of this size, whatever the key. */
export function largestValueBytes(itemBytes: number): number {
  return itemBytes - itemOverheadBytes;
}

/** Finds `item_size_max` in the answer to `stats settings`. */
export function itemBytesIn(replies: readonly Reply[]): number | undefined {
  const reply = replies.find(({ key }) => key.toString() === 'item_size_max');
  const bytes = Number(reply?.val.toString());
  return Number.isInteger(bytes) && bytes > itemOverheadBytes ? bytes : undefined;
}
