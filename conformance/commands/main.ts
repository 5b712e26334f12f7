import { countsOf, exitCodeOf, type Outcome } from '../report/outcome.ts';
import { end, start, writeReadme } from '../report/readme.ts';
import { writeReport } from '../report/report.ts';
import { resultsFolder, writeResults } from '../report/results.ts';
import { failuresOf, terminalTable } from '../report/table.ts';
import { type Arguments, readArguments, UsageError, usage } from './arguments.ts';
import { runTarget } from './run-target.ts';
import { matrixTargets, selectTargets } from './targets.ts';

/** Where the command writes. */
export interface Output {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** Runs the command; resolves to its exit code. */
export async function main(args: readonly string[], output: Output = process): Promise<number> {
  try {
    return await act(readArguments(args), output);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    output.stderr.write(`conformance: ${error.message}\n\n${usage}`);
    return 2;
  }
}

async function act(given: Arguments, output: Output): Promise<number> {
  const folder = given.results ?? resultsFolder;
  switch (given.action) {
    case 'help':
      output.stdout.write(usage);
      return 0;
    case 'list':
      for (const { name, adapter } of matrixTargets)
        output.stdout.write(`${name.padEnd(18)} @tasker-cache/${adapter}\n`);
      return 0;
    case 'readme':
      return updateReadme(folder, output);
    case 'run':
      return run(given, folder, output);
  }
}

async function run(given: Arguments, folder: string, { stdout, stderr }: Output): Promise<number> {
  const targets = selectTargets(given.only);
  const outcomes: Outcome[] = [];
  for (const [index, target] of targets.entries()) {
    stderr.write(`[${index + 1}/${targets.length}] ${target.name}: `);
    const outcome = await runTarget(target, {
      ...given,
      onStart: (server) =>
        stderr.write(`${server ? `${server.version} (${server.how})` : 'in process'} … `),
    });
    stderr.write(`${progress(outcome)}\n`);
    writeResults(folder, outcome);
    outcomes.push(outcome);
  }
  stdout.write(`\n${terminalTable(outcomes)}\n`);
  for (const line of failuresOf(outcomes)) stdout.write(`${line}\n`);
  for (const file of writeReport(folder, given.report, outcomes)) stdout.write(`Wrote ${file}\n`);
  return exitCodeOf(outcomes, given.isAllRequired || given.only.length > 0);
}

function updateReadme(folder: string, { stdout, stderr }: Output): number {
  if (!writeReadme(folder)) {
    stderr.write(`conformance: README.md needs the lines '${start}' and '${end}'\n`);
    return 1;
  }
  stdout.write(`Wrote the matrix into README.md, and ${folder}/badge.svg\n`);
  return 0;
}

function progress(outcome: Outcome): string {
  if ('notRun' in outcome) return `not run: ${outcome.notRun}`;
  const { passed, failed } = countsOf(outcome);
  return `${passed} passed, ${failed} failed in ${(outcome.durationMs / 1000).toFixed(1)} s`;
}
