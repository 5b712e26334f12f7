import { expect, test } from 'vitest';
import { explore } from './explorer.ts';
import { races } from './known-scopes.ts';
import { scopeOf } from './scope.ts';

test.for(Object.entries(races))('no schedule is stale: %s', async ([, scope], { annotate }) => {
  const { violation, states, schedules } = await explore(scopeOf(scope));
  expect(violation).toBeUndefined();
  await annotate(`${schedules} schedules, ${states} states`);
});
