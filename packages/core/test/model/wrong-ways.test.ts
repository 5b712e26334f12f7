import { expect, test } from 'vitest';
import { explore } from './explorer.ts';
import { wrongWays } from './known-scopes.ts';
import { scopeOf } from './scope.ts';

/** A schedule that goes wrong, in words, and what is wrong in the end. */
async function violationOf(name: keyof typeof wrongWays): Promise<string> {
  const { violation } = await explore(scopeOf(wrongWays[name]));
  return violation === undefined ? 'none' : [...violation.words, violation.message].join('\n');
}

test('GET, SET and DEL alone store a value that was loaded before an invalidation', async () => {
  expect(await violationOf('withoutLeases')).toMatchInlineSnapshot(`
    "cold start
    R1 begins to read
    R1's GET is executed and answered: a miss
    R1's ROW is executed: version 1
    R1's ROW is answered: version 1
      R1's read resolves to version 1
    W1 commits version 2
    W1 invalidates
    W1's DEL is executed and answered: done
      W1's invalidation resolves: confirmed true
    R1's SET is executed and answered: done
    the server keeps version 1 for whoever reads next, although version 2 was invalidated"
  `);
});

test('joining any running load hands an old value to a later reader', async () => {
  expect(await violationOf('joiningAnyLoad')).toMatchInlineSnapshot(`
    "cold start
    R1 begins to read
    R1's GET is executed and answered: a miss
    R1's LEASE is executed: granted
    R1's LEASE is answered: granted
    R1's ROW is executed: version 1
    W1 commits version 2
    W1 invalidates
    W1's DEL is executed and answered: done
      W1's invalidation resolves: confirmed true
    R2 begins to read
    R2's GET is executed and answered: a miss
    R1's ROW is answered: version 1
      R1's read resolves to version 1
      R2's read resolves to version 1
    R2 got version 1, although version 2 was invalidated before its read began"
  `);
});

test('with one token per client, an old load passes for a new one', async () => {
  expect(await violationOf('oneTokenPerClient')).toMatchInlineSnapshot(`
    "cold start
    R1 begins to read
    R1's GET is executed and answered: a miss
    R1's LEASE is executed: granted
    R1's LEASE is answered: granted
    R1's ROW is executed: version 1
    R1's ROW is answered: version 1
      R1's read resolves to version 1
    R2 begins to read
    R2's GET is executed and answered: a miss
    R2's LEASE is executed: held, client-1
    R2's LEASE is answered: held, client-1
    R2 looks again after a pause
    W1 commits version 2
    W1 invalidates
    W1's DEL is executed and answered: done
      W1's invalidation resolves: confirmed true
    R2's LEASE is executed: granted
    R1's FILL is executed and answered: stored
    the server keeps version 1 for whoever reads next, although version 2 was invalidated"
  `);
});

test('a plain DEL misses a lease in a separate key', async () => {
  expect(await violationOf('separateLeaseKey')).toMatchInlineSnapshot(`
    "cold start
    R1 begins to read
    R1's GET is executed and answered: a miss
    R1's LEASE is executed: granted
    R1's LEASE is answered: granted
    R1's ROW is executed: version 1
    R1's ROW is answered: version 1
      R1's read resolves to version 1
    F1 commits version 2
    F1 sends DEL
    R1's FILL is executed and answered: stored
    the server keeps version 1 for whoever reads next, although version 2 was invalidated"
  `);
});

test('a CAS id that outlives its connection fits another marker', async () => {
  expect(await violationOf('oldCasId')).toMatchInlineSnapshot(`"none"`);
});
