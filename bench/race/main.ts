import { writeFile } from 'node:fs/promises';
import { readArguments } from './arguments.ts';
import { herd } from './herd.ts';
import { type Course, race } from './race.ts';
import { figuresOf, printOutcome, statementsOf } from './report.ts';
import { printStatements, type Statement } from './statement.ts';

/** What one run came to: its statements, and figures for JSON. */
type Run = { readonly statements: readonly Statement[] };

const { courses, json, herd: isHerd, ...options } = readArguments(process.argv.slice(2));
const runs: object[] = [];
let passed = 0;
let failed = 0;

for (const course of courses) {
  try {
    const run = await (isHerd ? runHerd(course) : runRace(course));
    passed += run.statements.filter(({ holds }) => holds).length;
    failed += run.statements.filter(({ holds }) => !holds).length;
    runs.push({ server: course.server, ...run });
  } catch (error) {
    failed++;
    console.error(error instanceof Error ? error.message : error);
    runs.push({ server: course.server, error: String(error) });
  }
}

if (json !== undefined) await writeFile(json, `${JSON.stringify(runs, undefined, 2)}\n`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function runRace(course: Course): Promise<Run> {
  const mode = options.naive ? ', naive cache-aside' : '';
  console.log(`\n${course.name}: ${options.seconds} s${mode}, --seed ${options.seed}`);
  const outcome = await race(course, options);
  const statements = statementsOf(outcome, options);
  printOutcome(outcome, statements);
  return { ...options, ...figuresOf(outcome), statements };
}

async function runHerd(course: Course): Promise<Run> {
  const statements = await herd(course);
  printStatements(statements);
  return { statements };
}
