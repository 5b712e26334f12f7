import { groups } from './clause.ts';
import type { ClauseResult, ConformanceResults } from './run-result.ts';

const states = ['passed', 'failed', 'not applicable', 'not run'] as const;

/** A row for each group, then every failure, every reason not to run, and the verdict. */
export function describeResults({ name, results, seed, ...run }: ConformanceResults): string {
  const rows = [
    ['group', ...states],
    ...Object.values(groups).map((group) => [
      group,
      ...counts(results.filter((result) => result.group === group)),
    ]),
    ['all', ...counts(results)],
  ];
  const failures = results.filter(({ state }) => state === 'failed');
  const notRun = results.filter(({ state }) => state === 'not run');
  const reasons = [...Map.groupBy(notRun, ({ reason }) => reason)];
  const seconds = (run.durationMs / 1000).toFixed(1);
  const verdict = run.isConformant ? 'conformant' : 'not conformant';
  return [
    ...rows.map(([group = '', ...cells]) => group.padEnd(16) + cells.map(pad).join('')),
    '',
    ...failures.flatMap(({ id, title, reason }) => [`failed: ${id} ${title}`, `  ${reason}`, '']),
    ...reasons.map(([reason, clauses]) => `not run: ${clauses.length} clauses: ${reason}`),
    `${name}: ${verdict}; ${seconds} s, seed ${seed}`,
    '',
  ].join('\n');
}

function counts(results: readonly ClauseResult[]): string[] {
  return states.map((state) => `${results.filter((result) => result.state === state).length}`);
}

function pad(cell: string, column: number): string {
  return cell.padStart((states[column]?.length ?? 0) + 2);
}
