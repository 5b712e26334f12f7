import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { matrixTargets } from '../commands/targets.ts';
import { badge } from './badge.ts';
import { countStates, readResults, resultsFolder, type StoredResults } from './results.ts';

export const readmeFile: string = fileURLToPath(new URL('../../README.md', import.meta.url));

export const start: string = '<!-- matrix:start -->';
export const end: string = '<!-- matrix:end -->';

/** Writes the block and the badge. Returns whether the README has the markers. */
export function writeReadme(folder: string, file: string = readmeFile): boolean {
  const results = allResults(folder);
  const updated = withBlock(readFileSync(file, 'utf8'), readmeBlock(results));
  if (updated === undefined) return false;
  writeFileSync(file, updated);
  writeFileSync(join(folder, 'badge.svg'), badge(results));
  return true;
}

export function allResults(folder: string = resultsFolder): StoredResults[] {
  return readResults(
    folder,
    matrixTargets.map(({ name }) => name),
  );
}

/** The text with the block between the markers; `undefined` when they are not there. */
export function withBlock(text: string, block: string): string | undefined {
  const [before, rest] = split(text, start);
  const [, after] = split(rest ?? '', end);
  if (before === undefined || after === undefined) return undefined;
  return `${before}${start}\n\n${block}\n${end}${after}`;
}

/** The matrix in Markdown. */
export function readmeBlock(results: readonly StoredResults[]): string {
  const rows = results.map((result) => {
    const { target, server = '–', isConformant, notRun } = result;
    const counts = countStates(result);
    const numbers = Object.values(counts).map((count) => (notRun === undefined ? `${count}` : '–'));
    const conformant = notRun === undefined ? (isConformant ? 'yes' : 'no') : 'not run';
    return `| ${[`[${target}](conformance/results/${target}.json)`, server, ...numbers, conformant].join(' | ')} |`;
  });
  const heads = [
    'target',
    'version',
    'passed',
    'failed',
    'not applicable',
    'not run',
    'conformant',
  ];
  return [
    `| ${heads.join(' | ')} |`,
    '|---|---|--:|--:|--:|--:|---|',
    ...rows,
    '',
    ...reasons(results),
  ].join('\n');
}

/** Each reason why something was not run, once, with the targets it holds for. */
function reasons(results: readonly StoredResults[]): string[] {
  const named = results.flatMap(({ target, notRun, clauses }) =>
    notRun === undefined
      ? [...notRunClauses(clauses)].map(([reason, what]) => ({ target, what, reason }))
      : [{ target, what: '', reason: notRun }],
  );
  return [...Map.groupBy(named, ({ what, reason }) => `${what}not run: ${reason}`)].map(
    ([text, entries]) => `- ${entries.map(({ target }) => target).join(', ')}: ${sentence(text)}`,
  );
}

/** The ids by the reason, or how many there are. */
function notRunClauses(clauses: StoredResults['clauses']): Map<string, string> {
  const lines = Object.entries(clauses).filter(([, line]) => line.startsWith('not run: '));
  const byReason = Map.groupBy(lines, ([, line]) => line.replace('not run: ', ''));
  return new Map(
    [...byReason].map(([reason, entries]) => {
      const ids = entries.map(([id]) => id).join(', ');
      return [reason, entries.length > 3 ? `${entries.length} clauses ` : `${ids} `];
    }),
  );
}

/** Without the advice how to get the server: the command gives it. */
function sentence(text: string): string {
  return `${text.split('. Set ')[0]}.`;
}

function split(text: string, separator: string): [string, string] | [undefined, undefined] {
  const at = text.indexOf(separator);
  return at === -1
    ? [undefined, undefined]
    : [text.slice(0, at), text.slice(at + separator.length)];
}
