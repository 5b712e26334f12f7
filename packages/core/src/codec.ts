import { CacheError } from './errors.ts';
import type { CacheKey } from './keys.ts';
import { nestsTooDeep } from './nesting.ts';

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

/** A shorter text is parsed in less than 5 ms, whatever it holds. */
const longestUnchecked = 65_536;

/**
 * Plain JSON, unchecked: the type is the application's claim. Does not decode a text above 64 Ki
 * characters that nests deeper than 500 lists and objects: parsing it could block for 50 ms.
 */
export const jsonCodec: Codec<unknown> = {
  encode(value) {
    const text: string | undefined = JSON.stringify(value);
    if (text !== undefined) return text;
    throw new CacheError('CACHE_VALUE_INVALID', `JSON has no form for a ${typeof value}`);
  },
  decode(text) {
    if (text.length > longestUnchecked && nestsTooDeep(text)) {
      throw new CacheError('CACHE_VALUE_INVALID', 'The JSON nests too deep');
    }
    try {
      return JSON.parse(text);
    } catch {
      // V8's message quotes the text, which logs must not hold.
      throw new CacheError('CACHE_VALUE_INVALID', 'The stored text is not JSON');
    }
  },
};
