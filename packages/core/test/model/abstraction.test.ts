import { expect, test } from 'vitest';
import { explore } from './explorer.ts';
import { abstractions } from './known-scopes.ts';
import { scopeOf } from './scope.ts';

test.for(Object.entries(abstractions))('alike states go on alike: %s', async ([, given]) => {
  const scope = scopeOf(given);
  const { violation, schedules, states } = await explore(scope, { checksAbstraction: true });
  expect(violation).toBeUndefined();
  const coarse = await explore(scope);
  expect(coarse.schedules).toBe(schedules);
  expect(coarse.states).toBeLessThan(states);
});
