import { expect, test } from 'vitest';
import { explore } from './explorer.ts';
import { outages } from './known-scopes.ts';
import { scopeOf } from './scope.ts';

test.for(Object.entries(outages))(
  'no invalidation is lost: %s',
  async ([, scope], { annotate }) => {
    const { violation, states, schedules } = await explore(scopeOf(scope));
    expect(violation).toBeUndefined();
    await annotate(`${schedules} schedules, ${states} states`);
  },
);
