import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toExpiry } from '../src/expiry.ts';

const thirtyDaysSeconds = 60 * 60 * 24 * 30;

test('an expiry is never early, never "forever", and at most a second late', () => {
  const ttlMs = fc.double({ min: 1e-6, max: 1e12, noNaN: true });
  const nowMs = fc.integer({ min: 1.7e12, max: 1.8e12 });
  fc.assert(
    fc.property(ttlMs, nowMs, (ttl, now) => {
      const expiry = toExpiry(ttl, now);
      const isRelative = expiry <= thirtyDaysSeconds;
      const livesMs = isRelative ? expiry * 1000 : expiry * 1000 - now;
      expect(expiry).toBeGreaterThan(0);
      expect(livesMs).toBeGreaterThanOrEqual(ttl - 1e-3);
      expect(livesMs).toBeLessThanOrEqual(ttl + 1001);
    }),
    { numRuns: 2000 },
  );
});
