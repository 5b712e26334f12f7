import type { ClauseResult, State } from '../src/run-result.ts';
import type { Server } from '../src/servers/server.ts';

interface Tested {
  readonly target: string;
  /** The package's name. */
  readonly adapter: string;
  readonly adapterVersion: string;
}

/** A target whose clauses ran. */
export interface Run extends Tested {
  /** Absent for an adapter of this process. */
  readonly server?: Pick<Server, 'version' | 'how'> | undefined;
  readonly seed: string;
  readonly durationMs: number;
  readonly isConformant: boolean;
  /** In the order of the clauses. */
  readonly results: readonly ClauseResult[];
}

/** A target whose server could not be had, and why. */
export interface Unreached extends Tested {
  readonly notRun: string;
}

export type Outcome = Run | Unreached;

export const states: readonly State[] = ['passed', 'failed', 'not applicable', 'not run'];

export function countsOf({ results }: Pick<Run, 'results'>): Record<State, number> {
  const counts = { passed: 0, failed: 0, 'not applicable': 0, 'not run': 0 };
  for (const { state } of results) counts[state] += 1;
  return counts;
}

/** `yes`, or which MUSTs are missing. */
export function verdict(outcome: Outcome): string {
  if ('notRun' in outcome) return 'not run';
  if (outcome.isConformant) return 'yes';
  const musts = outcome.results.filter(({ level }) => level === 'MUST');
  const { failed, 'not run': notRun } = countsOf({ results: musts });
  const lacks = [failed > 0 && `${failed} MUST failed`, notRun > 0 && `${notRun} MUST not run`];
  return `no: ${lacks.filter(Boolean).join(', ')}`;
}

/** 1 when a clause failed, or when a target was not reached that had to be. */
export function exitCodeOf(outcomes: readonly Outcome[], isReachRequired: boolean): 0 | 1 {
  const isBad = (outcome: Outcome) =>
    'notRun' in outcome ? isReachRequired : countsOf(outcome).failed > 0;
  return outcomes.some(isBad) ? 1 : 0;
}
