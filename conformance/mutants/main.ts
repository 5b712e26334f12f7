import { parseArgs } from 'node:util';
import { buildMatrix, type MatrixRow } from './matrix.ts';

// Prints the kill matrix; ends 1 when a mutant survives the clause that names its fault, and with
// `--require all` when a real server cannot be had.
const { values } = parseArgs({ options: { require: { type: 'string' } } });
if (!['all', undefined].includes(values.require)) throw new TypeError('--require takes: all');
const began = performance.now();
const { rows, problems } = await buildMatrix(undefined, (row) => console.log(line(row)));
const mutants = rows.filter(({ killedBy }) => killedBy.length > 0);
const killed = mutants.filter(({ killedBy, failed }) =>
  killedBy.every((id) => failed.includes(id)),
);
const notRun = mutants.filter((row) => row.notRun !== undefined).length;
const seconds = ((performance.now() - began) / 1000).toFixed(0);
const missing = new Set(rows.flatMap(({ notRun = [] }) => notRun));
const servers = new Set(rows.flatMap(({ server = [] }) => server));
for (const problem of problems) console.log(`PROBLEM ${problem}`);
for (const reason of missing) {
  const count = rows.filter(({ notRun }) => notRun === reason).length;
  console.log(`not run: ${count} adapters: ${reason}`);
}
console.log(`real servers: ${[...servers].join(', ') || 'none'}`);
console.log(
  `${killed.length} of ${mutants.length} mutants killed by the clauses that name their faults` +
    `${notRun > 0 ? `, ${notRun} not run` : ''}, in ${seconds} s`,
);
// Mutants leave timers and sockets behind: that is what they are for.
const isComplete = missing.size === 0 || values.require !== 'all';
process.exit(problems.length === 0 && isComplete ? 0 : 1);

function line({ id, fault, killedBy, failed, notRun }: MatrixRow): string {
  if (notRun !== undefined)
    return `${id.padEnd(32)} ${'not run'.padEnd(32)}${''.padEnd(15)} ${fault}`;
  const also = failed.filter((clause) => !killedBy.includes(clause));
  const named = killedBy.map((clause) => (failed.includes(clause) ? clause : `SURVIVES ${clause}`));
  const others = also.length > 0 ? ` (and ${also.length} more)` : '';
  return `${id.padEnd(32)} ${named.join(' ').padEnd(32)}${others.padEnd(15)} ${fault}`;
}
