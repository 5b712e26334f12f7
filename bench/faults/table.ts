import { misses } from './goals.ts';
import type { Measured } from './measured.ts';

const head: readonly string[] = [
  ...['fault', 'p50', 'p99', 'max', 'errors', 'unsettled', 'uncaught', 'exit', 'loads/100'],
  ...['wrong', 'of adapter', 'dropped ms', 'recovery s', 'lines', 'goals'],
];

/** One backend's runs as a Markdown table; milliseconds unless the head says otherwise. */
export function table(runs: readonly Measured[]): string {
  const rows = [head, head.map(() => '---'), ...runs.map(cells)];
  const widths = head.map((_, column) =>
    Math.max(...rows.filter((row) => row.length > 2).map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) => `| ${row.join(' | ')} |`;
  return rows
    .map((row) =>
      line(
        row.map((cell, column) => {
          const width = row.length > 2 ? (widths[column] ?? 0) : 0;
          return cell === '---' ? '-'.repeat(width) : cell.padEnd(width);
        }),
      ),
    )
    .join('\n');
}

function cells(run: Measured): string[] {
  const name = `${run.fault} ${run.title}`;
  if (run.notApplicable !== undefined) {
    return [name, ...head.slice(2).map(() => ''), `n/a: ${run.notApplicable}`];
  }
  const missed = misses(run);
  const verdict =
    missed.length === 0 ? 'met' : `missed ${missed.map(({ goal }) => goal).join(' ')}`;
  const { seen, exit = '', uncaught = 0, droppedAfterMs } = run;
  if (seen === undefined) return [name, ...head.slice(3).map(() => ''), exit, verdict];
  const loads = seen.callsInFault === 0 ? 0 : (100 * seen.loadsInFault) / seen.callsInFault;
  const numbers = [seen.faultMs.p50, seen.faultMs.p99, seen.longestMs].map((ms) => ms.toFixed(1));
  return [
    name,
    ...numbers,
    ...[seen.errors, seen.unsettled, uncaught].map(String),
    exit,
    loads.toFixed(0),
    `${seen.wrongValues}`,
    `${seen.wrongFromAdapter}`,
    droppedAfterMs === undefined ? '' : rounded(droppedAfterMs),
    recovery(run),
    `${seen.lines.length}`,
    verdict,
  ];
}

function recovery({ canRecover, seen }: Measured): string {
  if (canRecover !== true) return 'n/a';
  return seen?.recoveryMs === undefined ? 'never' : (seen.recoveryMs / 1000).toFixed(2);
}

function rounded(value: number | 'never'): string {
  return typeof value === 'number' ? value.toFixed(0) : value;
}
