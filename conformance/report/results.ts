import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClauseResult, State } from '../src/run-result.ts';
import { type Outcome, states } from './outcome.ts';

/** The committed results. */
export const resultsFolder: string = fileURLToPath(new URL('../results', import.meta.url));

/**
 * What `<target>.json` holds: nothing that differs from machine to machine or from run to run while
 * the outcome is the same.
 */
export interface StoredResults {
  readonly target: string;
  /** The package's name. */
  readonly adapter: string;
  readonly adapterVersion: string;
  /** The server's version; absent for an adapter of this process. */
  readonly server?: string;
  readonly isConformant: boolean;
  /** Why the target was not run at all. */
  readonly notRun?: string;
  /** By id: the state, and the reason where there is one: `not run: no server was given`. */
  readonly clauses: Readonly<Record<string, string>>;
}

export function storedResults(outcome: Outcome): StoredResults {
  const { target, adapter, adapterVersion } = outcome;
  const tested = { target, adapter, adapterVersion };
  if ('notRun' in outcome)
    return { ...tested, isConformant: false, notRun: steady(outcome.notRun), clauses: {} };
  const { server, isConformant, results, seed } = outcome;
  const line = ({ state, reason }: ClauseResult) =>
    reason === undefined
      ? state
      : `${state}: ${steady(reason.replaceAll(`kit:${seed}:`, 'kit:SEED:'))}`;
  return {
    ...tested,
    ...(server && { server: server.version }),
    isConformant,
    clauses: Object.fromEntries(results.map((result) => [result.id, line(result)])),
  };
}

export function writeResults(folder: string, outcome: Outcome): void {
  mkdirSync(folder, { recursive: true });
  const text = JSON.stringify(storedResults(outcome), undefined, 2);
  writeFileSync(join(folder, `${outcome.target}.json`), `${text}\n`);
}

/** The results of the targets, in their order; targets without a file are left out. */
export function readResults(folder: string, targets: readonly string[]): StoredResults[] {
  const files = new Set(readdirSync(folder));
  return targets
    .map((target) => `${target}.json`)
    .filter((file) => files.has(file))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as StoredResults);
}

export function countStates({ clauses }: StoredResults): Record<State, number> {
  const counts = { passed: 0, failed: 0, 'not applicable': 0, 'not run': 0 };
  for (const line of Object.values(clauses)) {
    const state = states.find((it) => line === it || line.startsWith(`${it}: `));
    if (state) counts[state] += 1;
  }
  return counts;
}

/** The first line, without what is different next time. */
function steady(reason: string): string {
  const [line = ''] = reason.split('\n');
  return line.replace(/\b\d+(\.\d+){3}(:\d+)?\b/g, 'ADDRESS');
}
