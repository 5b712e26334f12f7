import { CacheError } from './errors.ts';
import type { CacheKey } from './keys.ts';

/** Turns values into the text that is stored, and back. */
export interface Codec<T> {
  /**
   * Returns well-formed text that does not start with `!`; JSON never does. Throws when the value
   * must not be stored under this key: it is returned to the caller all the same.
   */
  encode(value: T, key: CacheKey): string;
  /**
   * Returns the value, or throws when the text is not a valid value *of this key*. That reads as a
   * miss, and the next load replaces the text. A thrown `CacheError`'s message is logged, so it must
   * not hold the value; one with `CACHE_VALUE_MISPLACED` also drops the connection.
   */
  decode(text: string, key: CacheKey): T;
}

/** Plain JSON, unchecked: the type is the application's claim. */
export const jsonCodec: Codec<unknown> = {
  encode(value) {
    const text: string | undefined = JSON.stringify(value);
    if (text !== undefined) return text;
    throw new CacheError('CACHE_VALUE_INVALID', `JSON has no form for a ${typeof value}`);
  },
  decode(text) {
    try {
      return JSON.parse(text);
    } catch {
      // V8's message quotes the text, which logs must not hold.
      throw new CacheError('CACHE_VALUE_INVALID', 'The stored text is not JSON');
    }
  },
};
