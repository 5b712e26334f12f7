import { CacheError, type Codec, jsonCodec } from '@tasker-cache/core';

/** What is cached: it carries its key, so a caller sees whose value it got. */
export interface Entry {
  readonly key: string;
  readonly body: string;
}

export function entryOf(key: string): Entry {
  return { key, body: 'x'.repeat(200) };
}

/** JSON that is refused under any key but its own, as templates do. */
export const entryCodec: Codec<Entry> = {
  encode: (entry) => JSON.stringify(entry),
  decode(text, key) {
    const entry = jsonCodec.decode(text, key) as Entry;
    if (entry.key === key) return entry;
    throw new CacheError('CACHE_VALUE_MISPLACED', "The stored value is another key's");
  },
};
