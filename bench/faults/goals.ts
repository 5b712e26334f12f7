import { breakerTimeoutMs, usualLoaderMs } from './execute.ts';
import { faults } from './faults.ts';
import type { Measured, Seen } from './measured.ts';

/** The cache's default deadline, which goals are about whatever a run was given. */
const deadlineMs = 250;
const recoveryWithinMs: number = 1500 + breakerTimeoutMs;
const summaryEverySeconds = 10;
const blockedAtMostMs = 20;

export interface Goal {
  readonly id: string;
  readonly title: string;
  /** What is wrong, `undefined` where the goal is met or is not about this run. */
  miss(run: Measured, seen: Seen): string | undefined;
}

const faultOf = (run: Measured) => faults.find(({ id }) => id === run.fault);

export const goals: readonly Goal[] = [
  {
    id: '1',
    title: 'no errors surfaced, unsettled calls, uncaught exceptions, exits',
    miss: ({ exit, uncaught = 0 }, { errors, firstError, unsettled, leftOpen }) =>
      first(
        [errors > 0, `${errors} errors, the first: ${firstError}`],
        [unsettled > 0, `${unsettled} calls never settled`],
        [uncaught > 0, `${uncaught} uncaught exceptions`],
        [exit !== '0', `the process ended with ${exit}`],
        [leftOpen.length > 0, `close() left ${leftOpen.join(', ')} open`],
      ),
  },
  {
    id: '2',
    title: 'latency: p50 loader + 1 ms, p99 deadline + loader + 25 ms, max 2 x deadline',
    miss(run, { loaderMs, faultMs, longestMs }) {
      if (faultOf(run)?.slowProbeMs !== undefined) return undefined;
      const p99 = deadlineMs + loaderMs.p50 + 25;
      const max = 2 * deadlineMs + (faultOf(run)?.loaderMs ?? usualLoaderMs) - usualLoaderMs;
      return first(
        [faultMs.p50 > loaderMs.p50 + 1, exceeds('p50', faultMs.p50, loaderMs.p50 + 1)],
        [faultMs.p99 > p99, exceeds('p99', faultMs.p99, p99)],
        [longestMs > max, exceeds('max', longestMs, max)],
      );
    },
  },
  {
    id: '3',
    title: 'half-open with a probe of 2 s: the cache takes < 5 ms of every other call',
    miss(run, { halfOpenMs }) {
      if (faultOf(run)?.slowProbeMs === undefined) return undefined;
      return first(
        [halfOpenMs.calls === 0, 'no call met a half-open circuit'],
        [halfOpenMs.max >= 5, exceeds('cache time', halfOpenMs.max, 5)],
      );
    },
  },
  {
    id: '4',
    title: `recovery within 1.5 s + the breaker's timeout`,
    miss(run, { recoveryMs = Number.POSITIVE_INFINITY }) {
      if (run.canRecover !== true || faultOf(run)?.slowProbeMs !== undefined) return undefined;
      return first([
        recoveryMs > recoveryWithinMs,
        exceeds('recovery', recoveryMs, recoveryWithinMs),
      ]);
    },
  },
  {
    id: '5',
    title: "no caller gets another key's value; the connection is dropped at the first sign",
    miss: ({ droppedAfterMs = 0 }, { wrongValues }) =>
      first(
        [wrongValues > 0, `${wrongValues} values of another key`],
        [droppedAfterMs === 'never', 'the connection was kept'],
        // A request comes each 100 ms; what never ends is given up by the deadline.
        [
          Number(droppedAfterMs) > 100 + 2 * deadlineMs,
          exceeds('the drop', Number(droppedAfterMs), 100 + 2 * deadlineMs),
        ],
      ),
  },
  {
    id: '6',
    title: 'refusals do not open the breaker',
    miss: (run, { breakerOpened }) =>
      first([faultOf(run)?.isAnswered === true && breakerOpened, 'the breaker opened']),
  },
  {
    id: '7',
    title: `poison and hostile keys block the event loop for at most ${blockedAtMostMs} ms`,
    miss: (run, { busyMs }) =>
      first([
        faultOf(run)?.isHostile === true && busyMs > blockedAtMostMs,
        exceeds('the longest block', busyMs, blockedAtMostMs),
      ]),
  },
  {
    id: '8',
    title: "hostile keys touch no neighbour's",
    miss: ({ lostNeighbours = [] }) =>
      first([lostNeighbours.length > 0, `lost ${lostNeighbours.join(', ')}`]),
  },
  {
    id: '9',
    title: 'log lines: one a state change, one a kind of fault, one summary of it per 10 s',
    miss({ seconds = 0 }, { lines }) {
      const most = 1 + Math.ceil(seconds / summaryEverySeconds);
      const [name = '', count = 0] =
        [...countByKind(lines)].sort(([, one], [, other]) => other - one)[0] ?? [];
      return first([count > most, `${count} lines of one kind, at most ${most}: ${name}`]);
    },
  },
  {
    id: '10',
    title: 'analytics that keeps the last values: at most 10 loads per 100 calls',
    miss(run, { loadsInFault, callsInFault }) {
      if (faultOf(run)?.usage !== 'analytics') return undefined;
      const loads = (100 * loadsInFault) / callsInFault;
      return first([loads > 10, `${loads.toFixed(1)} loads per 100 calls`]);
    },
  },
  {
    id: 'S',
    title: 'no user name, password or key in log lines, errors, status() and inspected objects',
    miss: (_, { secretsSeen }) => first([secretsSeen.length > 0, `${secretsSeen.join(', ')} seen`]),
  },
];

/** What the run missed, by the goal's id. A run without measurements misses the first. */
export function misses(run: Measured): { readonly goal: string; readonly why: string }[] {
  if (run.notApplicable !== undefined) return [];
  const { seen } = run;
  if (seen === undefined) {
    return [{ goal: '1', why: `the process ended with ${run.exit} before it could report` }];
  }
  return goals.flatMap((goal) => {
    const why = goal.miss(run, seen);
    return why === undefined ? [] : [{ goal: goal.id, why }];
  });
}

function first(...checks: readonly (readonly [isMissed: boolean, why: string])[]) {
  return checks.find(([isMissed]) => isMissed)?.[1];
}

function exceeds(what: string, valueMs: number, boundMs: number): string {
  return `${what} ${valueMs.toFixed(1)} ms, the goal is ${boundMs.toFixed(1)} ms`;
}

const stateChange = /Circuit breaker|cache provider|Failed to connect|invalidations replayed/;

/** Counts lines that say the same: by the fault's code, else by the message. */
function countByKind(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) {
    if (stateChange.test(line)) continue;
    const kind = /code="\w+"/.exec(line)?.[0] ?? line;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}
