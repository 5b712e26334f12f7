import type { Outcome, Run } from '../report/outcome.ts';
import { groupOf, levelOf } from '../src/clause.ts';
import { clauses } from '../src/clauses/index.ts';
import { type ClauseResult, isConformant, type State } from '../src/run-result.ts';

/** What a reason must not be able to do to a page. */
export const hostileReason =
  '</script><script>document.title = "taken"</script> & "quoted"\nline 2';

/** The states of clauses by their index; all others passed. */
export function runOf(target: string, states: Readonly<Record<number, State>>): Run {
  const results = clauses.map((clause, index): ClauseResult => {
    const { id, title } = clause;
    const state = states[index] ?? 'passed';
    const known = { id, title, group: groupOf(id), level: levelOf(clause), durationMs: 7 };
    return state === 'passed' ? { ...known, state } : { ...known, state, reason: hostileReason };
  });
  return {
    target,
    adapter: '@tasker-cache/redis',
    adapterVersion: '1.2.3',
    server: { version: '8.0.2', how: 'native' },
    seed: 'cafe',
    durationMs: 4200,
    isConformant: isConformant(results),
    results,
  };
}

export const unreached: Outcome = {
  target: 'dragonfly',
  adapter: '@tasker-cache/dragonfly',
  adapterVersion: '1.2.3',
  notRun: 'DRAGONFLY_URL is not set',
};
