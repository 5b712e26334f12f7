import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CacheConfig, CacheError, consoleLogger, jsonCodec, openCache } from '../src/index.ts';
import { KeySpace } from '../src/keys.ts';
import { define, newStore, recordingLogger, scriptedAdapter } from './scripted-adapter.ts';

// fast-check prints seed and path of a failure; `{ seed, path }` repeats it.

const segment = fc.oneof(
  fc.string({ minLength: 1, unit: 'binary' }),
  fc.string({ minLength: 1, unit: fc.constantFrom(...':% \n\r\0~*?[]\\aé😀') }),
);
const segments = fc.array(segment, { minLength: 1, maxLength: 4 });
const space = new KeySpace('tasker', 'template', 120);

test('two different keys never become one, and no key breaks a protocol line', () => {
  fc.assert(
    fc.property(segments, segments, (one, other) => {
      const [key, otherKey] = [space.key(one), space.key(other)];
      expect(key === otherKey).toBe(JSON.stringify(one) === JSON.stringify(other));
      expect(key).toMatch(/^tasker:template:[^\s\p{Cc}]+$/u);
      expect(Buffer.byteLength(key)).toBeLessThanOrEqual(120);
      expect(key.isWellFormed()).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('a prefix covers the keys below it, and no others', () => {
  const short = fc.array(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 3 });
  fc.assert(
    fc.property(short, short, (key, other) => {
      const prefix = space.prefix(key.slice(0, -1));
      expect(space.key(key).startsWith(prefix)).toBe(true);
      const isBelow =
        other.length >= key.length && key.slice(0, -1).every((part, at) => part === other[at]);
      expect(space.key(other).startsWith(prefix)).toBe(isBelow);
    }),
    { numRuns: 2000 },
  );
});

test('JSON comes back as it was, and every text that is none is a typed error', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, text) => {
      const stored = jsonCodec.encode(value, 'key');
      expect(jsonCodec.decode(stored, 'key')).toEqual(JSON.parse(JSON.stringify(value)));
      try {
        jsonCodec.decode(text, 'key');
      } catch (error) {
        expect(CacheError.isInstance(error) && error.code).toBe('CACHE_VALUE_INVALID');
      }
    }),
  );
});

test('a log entry is one line, whatever is in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (key, message) => {
      const lines: string[] = [];
      const logger = consoleLogger('info', (line) => lines.push(line));
      logger.info({ key }, message);
      logger.info({}, message);
      expect(lines).toHaveLength(2);
      for (const line of lines) expect(line).not.toMatch(/[\n\r]/);
    }),
  );
});

test('the breaker opens as the plain model says: so many outages in a row', async () => {
  const outcome = fc.constantFrom('ok', 'outage', 'refused');
  const threshold = fc.integer({ min: 1, max: 6 });
  await fc.assert(
    fc.asyncProperty(fc.array(outcome, { maxLength: 20 }), threshold, async (outcomes, limit) => {
      const store = newStore();
      const config: CacheConfig = {
        backend: 'scripted',
        circuitBreaker: { failureThreshold: limit, timeoutMs: 60_000 },
      };
      const options = { logger: recordingLogger(), adapters: [define(scriptedAdapter(store))] };
      const cache = await openCache(config, options);
      const region = cache.region<number>('generic');
      let inARow = 0;
      let isOpen = false;
      for (const [n, each] of outcomes.entries()) {
        const code = each === 'outage' ? 'CACHE_UNAVAILABLE' : 'CACHE_REFUSED';
        store.fault = () =>
          each === 'ok' ? undefined : Promise.reject(new CacheError(code, 'scripted'));
        await region.set(n, n);
        if (each === 'outage') inARow++;
        if (each === 'ok') inARow = 0;
        isOpen ||= inARow >= limit;
        expect(cache.status().breaker).toBe(isOpen ? 'open' : 'closed');
      }
      await cache.close();
    }),
    { numRuns: 200 },
  );
});
