import { createHash } from 'node:crypto';
import { CacheError } from '@tasker-cache/core/adapter';
import { limits } from './correct-adapter.ts';
import { force, type Mutant, withKeys, withValues } from './mutant.ts';

type Keys = readonly string[];

/** Faults of getMany() and of limits. */
export const batchMutants: readonly Mutant[] = [
  {
    id: 'batch-hits-first',
    fault: 'getMany() puts hits before misses',
    killedBy: ['BATCH-01', 'BATCH-03'],
    mutate: (adapter) => ({
      async getMany(keys: Keys) {
        const values = await adapter.getMany(keys);
        return values.toSorted((a, b) => Number(a === undefined) - Number(b === undefined));
      },
    }),
  },
  {
    id: 'batch-in-key-order',
    fault: 'getMany() answers in the order of the sorted keys',
    killedBy: ['BATCH-01'],
    mutate: (adapter) => ({ getMany: (keys: Keys) => adapter.getMany(keys.toSorted()) }),
  },
  {
    id: 'empty-batch-is-an-error',
    fault: 'getMany() of no keys rejects',
    killedBy: ['BATCH-02'],
    mutate: (adapter) => ({
      async getMany(keys: Keys) {
        if (keys.length === 0) throw new CacheError('CACHE_REFUSED', 'wrong number of arguments');
        return adapter.getMany(keys);
      },
    }),
  },
  {
    id: 'batch-drops-repeats',
    fault: 'getMany() answers a repeated key once',
    killedBy: ['BATCH-03'],
    mutate: (adapter) => ({ getMany: (keys: Keys) => adapter.getMany([...new Set(keys)]) }),
  },
  {
    id: 'batch-drops-misses',
    fault: 'getMany() leaves misses out',
    killedBy: ['BATCH-04'],
    mutate: (adapter) => ({
      getMany: async (keys: Keys) =>
        (await adapter.getMany(keys)).filter((value) => value !== undefined),
    }),
  },
  {
    id: 'batch-miss-is-null',
    fault: 'getMany() answers a miss with null',
    killedBy: ['BATCH-04'],
    mutate: (adapter) => ({
      getMany: async (keys: Keys) => (await adapter.getMany(keys)).map((value) => value ?? null),
    }),
  },
  {
    id: 'batch-shows-leases',
    fault: 'getMany() returns lease markers as values',
    killedBy: ['BATCH-05'],
    mutate: (adapter, store) => ({
      async getMany(keys: Keys) {
        const values = await adapter.getMany(keys);
        return values.map((value, index) => value ?? store.get(keys[index] ?? '')?.text);
      },
    }),
  },
  {
    id: 'batch-of-a-thousand',
    fault: 'getMany() answers the first 1000 keys alone',
    killedBy: ['BATCH-06'],
    mutate: (adapter) => ({
      async getMany(keys: Keys) {
        const values = await adapter.getMany(keys.slice(0, 1000));
        return keys.map((_, index) => values[index]);
      },
    }),
  },
  {
    id: 'batch-unchecked',
    fault: 'getMany() answers keys that are not allowed with a miss',
    killedBy: ['BATCH-07'],
    mutate: (adapter) => ({
      getMany: (keys: Keys) =>
        Promise.all(keys.map((key) => adapter.get(key).catch(() => undefined))),
    }),
  },
  {
    id: 'batch-cuts-at-line-ends',
    fault: 'getMany() ends values at CR LF',
    killedBy: ['BATCH-08'],
    mutate: (adapter) => ({
      getMany: async (keys: Keys) =>
        (await adapter.getMany(keys)).map((value) => value?.split('\r\n')[0]),
    }),
  },
  {
    id: 'batch-changes-the-list',
    fault: 'getMany() sorts the list of the caller',
    killedBy: ['BATCH-09'],
    mutate: (adapter) => ({
      async getMany(keys: string[]) {
        const values = await adapter.getMany(keys);
        keys.reverse();
        return values;
      },
    }),
  },
  {
    id: 'batch-ignores-expiry',
    fault: 'getMany() returns expired values',
    killedBy: ['BATCH-10'],
    mutate: (adapter, store) => ({
      async getMany(keys: Keys) {
        const texts = keys.map((key) => store.get(key)?.text);
        const values = await adapter.getMany(keys);
        return values.map((value, index) => value ?? texts[index]);
      },
    }),
  },
  {
    id: 'key-limit-off-by-one',
    fault: 'a key of exactly the limit is refused',
    killedBy: ['LIMITS-01'],
    mutate: (adapter) =>
      withKeys(adapter, (key) => {
        if (typeof key !== 'string' || Buffer.byteLength(key) !== limits.maxKeyBytes) return key;
        throw new CacheError('CACHE_KEY_TOO_LONG', 'too long');
      }),
  },
  {
    id: 'cuts-long-keys',
    fault: 'a key above the limit is cut',
    killedBy: ['LIMITS-02'],
    mutate: (adapter) =>
      withKeys(adapter, (key) => (typeof key === 'string' ? key.slice(0, 250) : key)),
  },
  {
    id: 'counts-characters',
    fault: "a key's characters are counted, not its bytes",
    killedBy: ['LIMITS-03'],
    mutate: (adapter) =>
      withKeys(adapter, (key) => {
        if (typeof key !== 'string' || key.length > 250 || Buffer.byteLength(key) <= 250)
          return key;
        return createHash('md5').update(key).digest('hex');
      }),
  },
  {
    id: 'cuts-the-last-byte',
    fault: 'the last byte of a key of full length is lost',
    killedBy: ['LIMITS-04'],
    mutate: (adapter) =>
      withKeys(adapter, (key) => (key?.length === 250 ? key.slice(0, 249) : key)),
  },
  {
    id: 'cuts-long-values',
    fault: 'a value is cut at 500,000 characters',
    killedBy: ['LIMITS-05'],
    mutate: (adapter) =>
      withValues(adapter, (value) =>
        value?.length > 500_000 && value.length <= limits.maxValueBytes
          ? value.slice(0, 500_000)
          : value,
      ),
  },
  {
    id: 'drops-large-values',
    fault: 'a value above the limit is acknowledged, and not stored',
    killedBy: ['LIMITS-06'],
    mutate: (adapter) => ({
      set: async (key: string, value: string, ttlMs: number) =>
        value?.length > limits.maxValueBytes ? undefined : adapter.set(key, value, ttlMs),
    }),
  },
  {
    id: 'fills-without-limit',
    fault: 'fill() stores a value of any size',
    killedBy: ['LIMITS-07'],
    mutate: (adapter, store) => ({
      async fill(key: string, token: string, value: string, ttlMs: number) {
        if (!(value?.length > limits.maxValueBytes)) return adapter.fill(key, token, value, ttlMs);
        force(store, key, value, ttlMs);
        return true;
      },
    }),
  },
];
