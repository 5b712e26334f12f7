import type { Outcome, RaceOptions } from './race.ts';
import { printStatements, type Statement, statement } from './statement.ts';
import { story } from './story.ts';

/** Two operations, a wait for a lease and a load take 1.3 s at most; the rest is for slow machines. */
const answeredWithinMs = 5000;

/** Faults come in at least this often. */
const secondsPerFault = 3;

export interface Figures {
  /** Reads that were begun, and those that ended. */
  readonly started: number;
  readonly reads: number;
  readonly fromCache: number;
  readonly loads: number;
  readonly commits: number;
  readonly confirmed: number;
  readonly unconfirmed: number;
  readonly replayed: number;
  readonly foreignReads: number;
  readonly foreignDeletions: number;
  readonly faults: number;
  readonly faultsByKind: Readonly<Record<string, number>>;
  readonly stale: number;
  readonly staleAtHome: number;
  readonly slowestMs: number;
}

/** What a race has to show. */
export function statementsOf(outcome: Outcome, { seconds }: RaceOptions): readonly Statement[] {
  const { verdict, latest, reads, stored, faults, deaths, started } = outcome;
  const { fromCache, reads: ended, confirmed, unconfirmed } = figuresOf(outcome);
  const old = reads.flatMap((versions) =>
    versions.filter((version, key) => version !== latest[key]),
  );
  const oldStored = stored.filter((it, key) => typeof it === 'number' && it !== latest[key]);
  const entries = stored.filter((it) => typeof it === 'number').length;
  const unanswered = started - ended + verdict.failed.length;
  const slowestMs = Math.round(verdict.slowestMs);
  const least = Math.floor(seconds / secondsPerFault);
  return [
    statement(
      `${verdict.stale.length} of ${ended} reads are older than one of ${confirmed} confirmed or replayed invalidations`,
      verdict.stale.length === 0,
    ),
    statement(
      `${verdict.staleAtHome.length} reads are older than an invalidation of their own process, ${unconfirmed} unconfirmed ones included`,
      verdict.staleAtHome.length === 0,
    ),
    statement(
      `Undelivered invalidations at the end: ${outcome.undelivered.join(', ') || 'none'}`,
      outcome.undelivered.length === 0,
    ),
    statement(
      `${old.length} of ${reads.flat().length} reads after the race differ from the database`,
      old.length === 0,
    ),
    statement(
      `${oldStored.length} of ${entries} entries in the store differ from the database`,
      oldStored.length === 0,
    ),
    statement(
      `${unanswered} of ${started} reads were not answered${outcome.unfinished.map((name) => `; ${name} hangs`).join('')}`,
      unanswered === 0 && outcome.unfinished.length === 0,
    ),
    statement(
      `The slowest read took ${slowestMs} ms, at most ${answeredWithinMs}`,
      slowestMs <= answeredWithinMs,
    ),
    statement(
      `${deaths.length} processes ended unasked${deaths.map((death) => `: ${death}`).join('')}`,
      deaths.length === 0,
    ),
    statement(`${faults.length} faults, at least ${least}`, faults.length >= least),
    statement(
      `${percent(fromCache, ended)} of the reads came from the cache, at least 20 %`,
      fromCache >= 0.2 * ended,
    ),
  ];
}

/** The figures of a race, for the table and for JSON. */
export function figuresOf({ history, faults, verdict, started }: Outcome): Figures {
  const reads = history.filter((event) => event.kind === 'read');
  const asked = history.filter((event) => event.kind === 'invalidation');
  const fromCache = reads.filter(({ source }) => source === 'cache').length;
  return {
    started,
    reads: reads.length,
    fromCache,
    loads: reads.length - fromCache,
    commits: history.filter(({ kind }) => kind === 'commit').length,
    confirmed: asked.filter((it) => it.confirmed).length,
    unconfirmed: asked.filter((it) => !it.confirmed && it.coversOwnReads).length,
    replayed: asked.filter(({ how }) => how === 'replay').length,
    foreignReads: reads.filter(({ process }) => process === 'foreign').length,
    foreignDeletions: asked.filter(({ process }) => process === 'foreign').length,
    faults: faults.length,
    faultsByKind: countByName(faults),
    stale: verdict.stale.length,
    staleAtHome: verdict.staleAtHome.length,
    slowestMs: Math.round(verdict.slowestMs),
  };
}

export function printOutcome(outcome: Outcome, statements: readonly Statement[]): void {
  const { faultsByKind, ...figures } = figuresOf(outcome);
  console.log(`\n${outcome.server}`);
  for (const [name, value] of Object.entries(figures)) {
    console.log(`  ${name.padEnd(18)}${String(value).padStart(9)}`);
  }
  const kinds = Object.entries(faultsByKind).map(([name, count]) => `${count} × ${name}`);
  console.log(`  ${kinds.join(', ')}\n`);
  printStatements(statements);
  const { stale, staleAtHome } = outcome.verdict;
  const first = stale[0] ?? staleAtHome[0];
  if (first === undefined) return;
  console.log('\nThe first stale read:');
  for (const line of story(first, outcome.history, outcome.faults)) console.log(`  ${line}`);
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(0)} %`;
}

function countByName(items: readonly { readonly name: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { name } of items) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
