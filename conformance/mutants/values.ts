import { LEASE_MARKER } from '@tasker-cache/core/adapter';
import { force, type Mutant, withValues } from './mutant.ts';

/** Faults of reading and writing. */
export const valueMutants: readonly Mutant[] = [
  {
    id: 'stores-nothing',
    fault: 'set() is acknowledged and forgotten',
    killedBy: ['RW-01'],
    mutate: (adapter) => ({ set: (key: string) => adapter.get(key).then(() => undefined) }),
  },
  {
    id: 'miss-is-null',
    fault: 'a miss resolves to null',
    killedBy: ['RW-02'],
    mutate: (adapter) => ({ get: async (key: string) => (await adapter.get(key)) ?? null }),
  },
  {
    id: 'miss-is-empty-string',
    fault: "a miss resolves to ''",
    killedBy: ['RW-02'],
    mutate: (adapter) => ({ get: async (key: string) => (await adapter.get(key)) ?? '' }),
  },
  {
    id: 'miss-is-an-error',
    fault: 'a miss rejects',
    killedBy: ['RW-02'],
    mutate: (adapter) => ({
      async get(key: string) {
        const value = await adapter.get(key);
        if (value === undefined) throw new Error('not found');
        return value;
      },
    }),
  },
  {
    id: 'first-write-wins',
    fault: 'set() keeps what is there',
    killedBy: ['RW-03'],
    mutate: (adapter) => ({
      async set(key: string, value: string, ttlMs: number) {
        if ((await adapter.get(key)) === undefined) await adapter.set(key, value, ttlMs);
      },
    }),
  },
  {
    id: 'leaves-the-tail',
    fault: 'a shorter value overwrites only the beginning',
    killedBy: ['RW-03'],
    mutate: (adapter) => ({
      async set(key: string, value: string, ttlMs: number) {
        const old = (await adapter.get(key)) ?? '';
        await adapter.set(key, value + old.slice(value.length), ttlMs);
      },
    }),
  },
  {
    id: 'empty-is-a-miss',
    fault: 'a truthiness check takes an empty value for a miss',
    killedBy: ['RW-04'],
    mutate: (adapter) => ({ get: async (key: string) => (await adapter.get(key)) || undefined }),
  },
  {
    id: 'parses-numbers',
    fault: 'values that look like numbers are parsed and printed again',
    killedBy: ['RW-05'],
    mutate: (adapter) =>
      withValues(adapter, (value) => (/^\d[\d.e]*$/.test(value) ? `${+value}` : value)),
  },
  {
    id: 'null-text-is-a-miss',
    fault: "the text 'null' reads as a miss",
    killedBy: ['RW-05'],
    mutate: (adapter) => ({
      async get(key: string) {
        const value = await adapter.get(key);
        return value === 'null' ? undefined : value;
      },
    }),
  },
  {
    id: 'cut-at-nul',
    fault: 'a value ends at its first NUL',
    killedBy: ['RW-06'],
    mutate: (adapter) => withValues(adapter, (value) => `${value}`.split('\0')[0] ?? ''),
  },
  {
    id: 'line-ends-normalised',
    fault: 'CR LF becomes LF',
    killedBy: ['RW-06'],
    mutate: (adapter) => withValues(adapter, (value) => `${value}`.replaceAll('\r\n', '\n')),
  },
  {
    id: 'value-normalised',
    fault: 'values are normalised to NFC',
    killedBy: ['RW-07'],
    mutate: (adapter) => withValues(adapter, (value) => `${value}`.normalize('NFC')),
  },
  {
    id: 'latin1-values',
    fault: 'values pass through latin1',
    killedBy: ['RW-07'],
    mutate: (adapter) =>
      withValues(adapter, (value) => Buffer.from(`${value}`, 'latin1').toString('latin1')),
  },
  {
    id: 'trims-values',
    fault: 'white space at the ends is lost',
    killedBy: ['RW-08'],
    mutate: (adapter) => withValues(adapter, (value) => `${value}`.trim()),
  },
  {
    id: 'strips-bom',
    fault: 'a byte order mark at the start is lost',
    killedBy: ['RW-08'],
    mutate: (adapter) =>
      withValues(adapter, (value) => new TextDecoder().decode(Buffer.from(`${value}`))),
  },
  {
    id: 'reserialises-json',
    fault: 'JSON is parsed and printed again',
    killedBy: ['RW-09'],
    mutate: (adapter) =>
      withValues(adapter, (value) => {
        try {
          return JSON.stringify(JSON.parse(value));
        } catch {
          return value;
        }
      }),
  },
  {
    id: 'looks-for-the-marker-anywhere',
    fault: 'a value with the lease marker inside reads as a lease',
    killedBy: ['RW-10'],
    mutate: (adapter) => ({
      async get(key: string) {
        const value = await adapter.get(key);
        return value?.includes(LEASE_MARKER) ? undefined : value;
      },
    }),
  },
  {
    id: 'stores-markers',
    fault: 'a value that starts with the lease marker is stored',
    killedBy: ['RW-11'],
    mutate: (adapter, store) => ({
      async set(key: string, value: string, ttlMs: number) {
        if (typeof value !== 'string' || !value.startsWith(LEASE_MARKER))
          return adapter.set(key, value, ttlMs);
        force(store, key, value, ttlMs);
      },
    }),
  },
  {
    id: 'replaces-lone-surrogates',
    fault: 'a lone surrogate is stored as U+FFFD',
    killedBy: ['RW-12'],
    mutate: (adapter) => withValues(adapter, (value) => value?.toWellFormed?.() ?? value),
  },
  {
    id: 'stringifies-values',
    fault: 'whatever is no string becomes one',
    killedBy: ['RW-13'],
    mutate: (adapter) => withValues(adapter, (value) => String(value)),
  },
  {
    id: 'deletes-before-it-refuses',
    fault: 'a refused set() has removed the old value',
    killedBy: ['RW-14', 'LIMITS-06'],
    mutate: (adapter) => ({
      async set(key: string, value: string, ttlMs: number) {
        await adapter.delete(key);
        await adapter.set(key, value, ttlMs);
      },
    }),
  },
  {
    id: 'decodes-chunks',
    fault: 'long values are decoded chunk by chunk',
    killedBy: ['RW-15'],
    mutate: (adapter) =>
      withValues(adapter, (value) => {
        const bytes = Buffer.from(`${value}`);
        const parts = [];
        for (let at = 0; at < bytes.length; at += 65_536)
          parts.push(bytes.subarray(at, at + 65_536));
        return parts.join('');
      }),
  },
  {
    id: 'rare-loss',
    fault: 'a quotation mark before a character that is not ASCII is lost',
    killedBy: ['RW-16'],
    mutate: (adapter) => withValues(adapter, (value) => `${value}`.replace(/"(?=[^\0-\x7f])/g, '')),
  },
  {
    id: 'consumes',
    fault: 'reading takes the value away',
    killedBy: ['RW-17'],
    mutate: (adapter) => ({
      async get(key: string) {
        const value = await adapter.get(key);
        if (value !== undefined) await adapter.delete(key);
        return value;
      },
    }),
  },
];
