import type { Scope } from '@tasker-cache/core/adapter';
import type { Group, Level } from './clause.ts';

/**
 * `not applicable`: the contract does not ask it of this adapter. `not run`: it does, and it could
 * not be found out here. Neither is ever a pass; both carry a reason.
 */
export type State = 'passed' | 'failed' | 'not applicable' | 'not run';

export interface ClauseResult {
  readonly id: string;
  readonly group: Group;
  readonly level: Level;
  readonly title: string;
  readonly state: State;
  /** Why it was not run, or does not apply; what failed. */
  readonly reason?: string;
  readonly durationMs: number;
  readonly error?: Error;
}

export interface ConformanceResults {
  readonly name: string;
  /** The adapter's own word; absent when it could not be created. */
  readonly adapter?: { readonly name: string; readonly scope: Scope };
  /** Repeats the run's test data: `seed` of the options. */
  readonly seed: string;
  /** Every MUST that applies ran and passed. */
  readonly isConformant: boolean;
  readonly durationMs: number;
  /** In the order of the clauses. */
  readonly results: readonly ClauseResult[];
}

/** Whether every MUST that applies ran and passed. One that was not run is not known, so it counts against. */
export function isConformant(results: readonly ClauseResult[]): boolean {
  const musts = results.filter(({ level }) => level === 'MUST');
  return musts.every(({ state }) => state === 'passed' || state === 'not applicable');
}
