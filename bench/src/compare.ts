/** Two ways to do one thing, measured side by side. */
export interface Contest {
  readonly name: string;
  /** The least ratio of our throughput to theirs. */
  readonly goal: number;
  /** Operations in one round. */
  readonly operations: number;
  ours(operations: number): Promise<void>;
  theirs(operations: number): Promise<void>;
}

const rounds = 61;
const warmUpRounds = 8;

/**
 * Prints the ratio of throughputs for each contest: the median of interleaved rounds, with its
 * quartiles. Resolves to whether every goal was met.
 */
export async function compare(contests: readonly Contest[]): Promise<boolean> {
  console.log(
    `${'contest'.padEnd(34)}${'ours/s'.padStart(10)}${'theirs/s'.padStart(10)}   ratio (quartiles)  goal`,
  );
  let met = true;
  for (const contest of contests) {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = -warmUpRounds; round < rounds; round++) {
      // Who goes first changes, so that neither always meets the warmer machine.
      const turns = round % 2 === 0 ? ['ours', 'theirs'] : ['theirs', 'ours'];
      for (const turn of turns as ('ours' | 'theirs')[]) {
        const perSecond = await throughput(contest, turn);
        if (round >= 0) (turn === 'ours' ? ours : theirs).push(perSecond);
      }
    }
    const ratios = ours.map((value, round) => value / (theirs[round] as number));
    const ratio = quantile(ratios, 0.5);
    const isMet = ratio >= contest.goal;
    met &&= isMet;
    const spread = `${quantile(ratios, 0.25).toFixed(2)}–${quantile(ratios, 0.75).toFixed(2)}`;
    console.log(
      contest.name.padEnd(34) +
        quantile(ours, 0.5).toFixed(0).padStart(10) +
        quantile(theirs, 0.5).toFixed(0).padStart(10) +
        `   ${ratio.toFixed(2)} (${spread})`.padEnd(22) +
        `≥ ${contest.goal.toFixed(2)} ${isMet ? 'met' : 'MISSED'}`,
    );
  }
  return met;
}

/** Runs `work` for a number of operations, so many at a time. */
export function concurrently(
  concurrency: number,
  work: (n: number) => Promise<unknown>,
): (operations: number) => Promise<void> {
  return async (operations) => {
    let next = 0;
    const lane = async () => {
      while (next < operations) {
        const result = await work(next++);
        if (result === undefined) throw new Error('a benchmark read missed');
      }
    };
    await Promise.all(Array.from({ length: concurrency }, lane));
  };
}

async function throughput(contest: Contest, turn: 'ours' | 'theirs'): Promise<number> {
  const started = performance.now();
  await contest[turn](contest.operations);
  return (contest.operations / (performance.now() - started)) * 1000;
}

function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round((sorted.length - 1) * at)] as number;
}
