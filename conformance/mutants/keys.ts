import { createHash } from 'node:crypto';
import { type FullAdapter, limits } from './correct-adapter.ts';
import { type Mutant, withKeys } from './mutant.ts';

/** Changes keys that are text and allowed; the rest meets the checks. */
function keys(
  id: string,
  killedBy: string,
  fault: string,
  change: (key: string) => string,
): Mutant {
  const allowed = (key: unknown): key is string =>
    typeof key === 'string' && key.isWellFormed() && Buffer.byteLength(key) <= limits.maxKeyBytes;
  const guarded = (key: string) => (allowed(key) ? change(key) : key);
  return { id, fault, killedBy: [killedBy], mutate: (adapter) => withKeys(adapter, guarded) };
}

/** Faults of keys. */
export const keyMutants: readonly Mutant[] = [
  keys('folds-case', 'KEYS-01', 'keys are folded to lower case', (key) => key.toLowerCase()),
  keys('keys-as-patterns', 'KEYS-02', 'a backslash escapes the next character', (key) =>
    key.replace(/\\(.)/g, '$1'),
  ),
  keys('spaces-to-underscores', 'KEYS-03', 'white space in a key becomes one underscore', (key) =>
    key.replace(/\s+/g, '_'),
  ),
  keys(
    'key-ends-at-nul',
    'KEYS-03',
    'a key ends at its first NUL',
    (key) => key.split('\0')[0] || key,
  ),
  keys(
    'trims-keys',
    'KEYS-03',
    'white space at the ends of a key is lost',
    (key) => key.trim() || key,
  ),
  keys('latin1-keys', 'KEYS-04', 'keys pass through latin1', (key) =>
    Buffer.from(key, 'latin1').toString('latin1'),
  ),
  keys('key-normalised', 'KEYS-04', 'keys are normalised to NFC', (key) => key.normalize('NFC')),
  keys('unescapes-keys', 'KEYS-05', 'a key is percent-decoded', (key) => {
    try {
      return decodeURIComponent(key);
    } catch {
      return key;
    }
  }),
  keys('escapes-half', 'KEYS-05', 'slashes are escaped, and percent signs are not', (key) =>
    key.replaceAll('/', '%2F'),
  ),
  keys('collapses-separators', 'KEYS-07', 'repeated separators become one', (key) =>
    key.replace(/(?<=a):+(?=a)/g, ':'),
  ),
  keys('numeric-keys', 'KEYS-07', 'numbers at the end of a key are parsed', (key) =>
    key.replace(/(?<=KEYS-07:)0+(?=\d)/, ''),
  ),
  {
    id: 'object-as-map',
    fault: 'a plain object is the map: it inherits keys',
    killedBy: ['KEYS-06'],
    mutate: (adapter) => ({
      scope: 'process',
      get: async (key: string) => (await adapter.get(key)) ?? Object.prototype[key as never],
    }),
  },
  {
    id: 'takes-empty-keys',
    fault: 'an empty key is a key',
    killedBy: ['KEYS-08'],
    mutate: (adapter) => withKeys(adapter, (key) => (key === '' ? 'empty' : key)),
  },
  {
    id: 'throws-type-errors',
    fault: 'refusals are TypeErrors',
    killedBy: ['KEYS-08', 'POLICY-08'],
    mutate: (adapter) => ({ get: withTypeErrors(adapter) }),
  },
  {
    id: 'replaces-key-surrogates',
    fault: 'lone surrogates of a key become U+FFFD',
    killedBy: ['KEYS-09'],
    mutate: (adapter) =>
      withKeys(adapter, (key) => (typeof key === 'string' ? key.toWellFormed() : key)),
  },
  {
    id: 'stringifies-keys',
    fault: 'whatever is no string becomes one',
    killedBy: ['KEYS-10'],
    mutate: (adapter) => withKeys(adapter, (key) => String(key)),
  },
  {
    id: 'rare-key',
    fault: 'delete() misses keys with a caret before a character that is not ASCII',
    killedBy: ['KEYS-11'],
    mutate: (adapter) => ({
      delete: async (key: string) =>
        adapter.delete(typeof key === 'string' ? key.replace(/[\^"$](?=[^\0-\x7f])/, '') : key),
    }),
  },
  {
    id: 'digest-of-keys',
    fault: 'keys are replaced by one byte of a digest',
    killedBy: ['KEYS-11'],
    mutate: (adapter) =>
      withKeys(adapter, (key) =>
        typeof key === 'string' && key !== ''
          ? key.slice(0, 22) + createHash('md5').update(key).digest('hex').slice(0, 2)
          : key,
      ),
  },
];

function withTypeErrors(adapter: FullAdapter) {
  return (key: string) =>
    adapter.get(key).catch((error: Error) => {
      throw new TypeError(error.message);
    });
}
