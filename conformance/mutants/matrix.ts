import type { CacheAdapter } from '@tasker-cache/core/adapter';
import type { Clause } from '../src/clause.ts';
import { clauses as allClauses } from '../src/clauses/index.ts';
import { runConformance } from '../src/run.ts';
import type { ConformanceResults } from '../src/run-result.ts';
import { batchMutants } from './batches.ts';
import { concurrencyMutants } from './concurrency.ts';
import { correctAdapter, type Store } from './correct-adapter.ts';
import { deleteMutants } from './deletes.ts';
import { detourMutants } from './detours.ts';
import { expiryMutants } from './expiry.ts';
import { fillMutants } from './fills.ts';
import { hostileMutants } from './hostile.ts';
import { keyMutants } from './keys.ts';
import { leaseMutants } from './leases.ts';
import { lifecycleMutants } from './lifecycle.ts';
import type { Mutant, NetworkMutant } from './mutant.ts';
import { outageMutants } from './outages.ts';
import { policyMutants } from './policy.ts';
import { realCandidates } from './real-products.ts';
import { silenceMutants } from './silence.ts';
import { TinyAdapter } from './tiny-adapter.ts';
import { startTinyServer } from './tiny-server.ts';
import { valueMutants } from './values.ts';

export const mutants: readonly Mutant[] = [
  ...valueMutants,
  ...expiryMutants,
  ...deleteMutants,
  ...batchMutants,
  ...keyMutants,
  ...leaseMutants,
  ...fillMutants,
  ...concurrencyMutants,
  ...lifecycleMutants,
  ...policyMutants,
];

export const networkMutants: readonly NetworkMutant[] = [
  ...outageMutants,
  ...detourMutants,
  ...silenceMutants,
  ...hostileMutants,
];

/** One line of the matrix. */
export interface MatrixRow {
  readonly id: string;
  readonly fault: string;
  readonly killedBy: readonly string[];
  /** The clauses that failed. */
  readonly failed: readonly string[];
  readonly durationMs: number;
  /** The real server, where there was one: `redis-8.0 8.0.2 (native)`. */
  readonly server?: string;
  /** Why it was not run: its server could not be had. */
  readonly notRun?: string;
}

export interface Matrix {
  readonly rows: readonly MatrixRow[];
  /** What is wrong with the kit; empty when it proves itself. */
  readonly problems: readonly string[];
}

export interface Candidate {
  readonly id: string;
  readonly fault: string;
  /** Empty for a correct adapter. */
  readonly killedBy: readonly string[];
  run(clauses: readonly Clause[], deadlineMs: number): Promise<Ended>;
}

export type Ended = Pick<ConformanceResults, 'results' | 'durationMs'> &
  Pick<MatrixRow, 'server' | 'notRun'>;

/** So many adapters are tested at once: more would slow each other down past the clauses' bounds. */
const atOnce = 8;

/** What a broken client can break; the rest of its behaviour is the server's. */
const networkGroups = /^(CONCURRENCY|LIFECYCLE|OUTAGE|HOSTILE)-/;

/** Runs the kit against the correct adapters and every mutant. */
export async function buildMatrix(
  clauses: readonly Clause[] = allClauses,
  onRow: (row: MatrixRow) => void = () => {},
): Promise<Matrix> {
  const candidates = [
    ...correctOnes,
    ...mutants.map(overMap),
    ...networkMutants.map(overNetwork),
    ...realCandidates,
  ];
  const rows = new Map<string, MatrixRow>();
  // Those that hang take longest.
  const queue = candidates.toReversed();
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { id, fault, killedBy } = next;
      const { results, ...run } = await next.run(clauses, deadlineMs);
      const failed = results.filter(({ state }) => state === 'failed').map((result) => result.id);
      const row = { id, fault, killedBy, failed, ...run };
      rows.set(id, row);
      onRow(row);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const ordered = candidates.map(({ id }) => rows.get(id)).filter((row) => row !== undefined);
  return { rows: ordered, problems: problemsOf(ordered, clauses) };
}

export function problemsOf(rows: readonly MatrixRow[], clauses: readonly Clause[]): string[] {
  const ids = new Set(clauses.map(({ id }) => id));
  const named = new Set(rows.flatMap(({ killedBy }) => killedBy));
  const ofRow = ({ id, killedBy, failed, notRun }: MatrixRow) => [
    ...failed
      .filter(() => killedBy.length === 0)
      .map((clause) => `${clause} fails the correct adapter '${id}'`),
    ...killedBy
      .filter((clause) => !ids.has(clause))
      .map((clause) => `'${id}' is killed by ${clause}, which does not exist`),
    ...killedBy
      .filter((clause) => ids.has(clause) && !failed.includes(clause) && notRun === undefined)
      .map((clause) => `'${id}' survives ${clause}, which names its fault`),
  ];
  const idle = [...ids].filter((id) => !named.has(id)).map((id) => `${id} kills no mutant`);
  return [...rows.flatMap(ofRow), ...idle];
}

/** A mutant that hangs has to be told within a shorter time than an author's adapter. */
const deadlineMs = 10_000;

const correctOnes: readonly Candidate[] = [
  { ...overMap({ id: 'correct', fault: 'none', killedBy: [], mutate: () => ({}) }) },
  { ...overNetwork({ id: 'correct-network', fault: 'none', killedBy: [], mutate: () => {} }) },
];

function overMap({ id, fault, killedBy, mutate }: Mutant): Candidate {
  return {
    id,
    fault,
    killedBy,
    run(clauses, deadlineMs) {
      const store: Store = new Map();
      const create = () => {
        const adapter = correctAdapter(store);
        return { ...adapter, ...mutate(adapter, store) } as CacheAdapter;
      };
      return runConformance({ name: id, create, clauses, deadlineMs });
    },
  };
}

function overNetwork({ id, fault, killedBy, mutate }: NetworkMutant): Candidate {
  return {
    id,
    fault,
    killedBy,
    async run(clauses, deadlineMs) {
      const server = await startTinyServer();
      const create = ({ url }: { url: string }) => {
        const client = new TinyAdapter(url);
        mutate(client);
        return client;
      };
      try {
        const chosen = clauses.filter(
          (clause) => killedBy.length === 0 || networkGroups.test(clause.id),
        );
        return await runConformance({ name: id, server, create, clauses: chosen, deadlineMs });
      } finally {
        await server.close();
      }
    },
  };
}
