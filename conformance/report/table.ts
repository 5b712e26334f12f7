import { countsOf, type Outcome, states, verdict } from './outcome.ts';

const heads = ['target', 'version', 'how', ...states, 'seconds', 'conformant'];
const numberColumns = new Set(['version', ...states, 'seconds'].map((head) => heads.indexOf(head)));

/** The table for a terminal, with the reasons of targets that were not run below it. */
export function terminalTable(outcomes: readonly Outcome[]): string {
  const rows = [heads, ...outcomes.map(cells)];
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return numberColumns.has(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
  const reasons = outcomes.flatMap((outcome) =>
    'notRun' in outcome
      ? [`${outcome.target}: not run: ${outcome.notRun}`]
      : notRunReasons(outcome),
  );
  return [...lines, ...(reasons.length > 0 ? ['', ...reasons] : []), ''].join('\n');
}

/** The failures, each with what repeats it. */
export function failuresOf(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap((outcome) => {
    if ('notRun' in outcome) return [];
    const failed = outcome.results.filter(({ state }) => state === 'failed');
    if (failed.length === 0) return [];
    const { target, seed } = outcome;
    return [
      `${target}: ${failed.length} failed; repeat with --only ${target} --seed ${seed}`,
      ...failed.flatMap(({ id, title, reason = '' }) => [
        `  ${id} ${title}`,
        ...reason.split('\n').map((line) => `      ${line}`.trimEnd()),
      ]),
      '',
    ];
  });
}

/** Why clauses of a target were not run, each reason once, with their number. */
export function notRunReasons(outcome: Extract<Outcome, { results: unknown }>): string[] {
  const notRun = outcome.results.filter(({ state }) => state === 'not run');
  return [...Map.groupBy(notRun, ({ reason }) => reason)].map(
    ([reason, clauses]) => `${outcome.target}: ${clauses.length} not run: ${reason}`,
  );
}

function cells(outcome: Outcome): string[] {
  if ('notRun' in outcome)
    return [outcome.target, '–', '–', ...states.map(() => '–'), '–', verdict(outcome)];
  const counts = countsOf(outcome);
  return [
    outcome.target,
    outcome.server?.version ?? '–',
    outcome.server?.how ?? 'in process',
    ...states.map((state) => `${counts[state]}`),
    (outcome.durationMs / 1000).toFixed(1),
    verdict(outcome),
  ];
}
