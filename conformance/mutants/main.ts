import { buildMatrix, type MatrixRow } from './matrix.ts';

// Prints the kill matrix; ends 1 when a mutant survives the clause that names its fault.
const began = performance.now();
const { rows, problems } = await buildMatrix(undefined, (row) => console.log(line(row)));
const killed = rows.filter(
  ({ killedBy, failed }) => killedBy.length > 0 && killedBy.every((id) => failed.includes(id)),
);
const mutants = rows.filter(({ killedBy }) => killedBy.length > 0);
const seconds = ((performance.now() - began) / 1000).toFixed(0);
for (const problem of problems) console.log(`PROBLEM ${problem}`);
console.log(
  `${killed.length} of ${mutants.length} mutants killed by the clauses that name their faults, in ${seconds} s`,
);
// Mutants leave timers and sockets behind: that is what they are for.
process.exit(problems.length === 0 ? 0 : 1);

function line({ id, fault, killedBy, failed }: MatrixRow): string {
  const also = failed.filter((clause) => !killedBy.includes(clause));
  const named = killedBy.map((clause) => (failed.includes(clause) ? clause : `SURVIVES ${clause}`));
  const others = also.length > 0 ? ` (and ${also.length} more)` : '';
  return `${id.padEnd(32)} ${named.join(' ').padEnd(32)}${others.padEnd(15)} ${fault}`;
}
