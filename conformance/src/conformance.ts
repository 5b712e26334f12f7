import { clauses } from './clauses/index.ts';
import { type RunOptions, runConformance } from './run.ts';
import type { ClauseResult } from './run-result.ts';

/** `test` of vitest, node:test, bun or jest: each takes a name and a function, and ignores the rest. */
export type TestFunction = (
  name: string,
  body: (...details: unknown[]) => Promise<void>,
  timeoutMs?: number,
) => unknown;

export interface ConformanceOptions extends Omit<RunOptions, 'onResult'> {
  readonly test: TestFunction;
}

/** Longer than any clause may take: what hangs is told by its name, not by the runner's timeout. */
const timeoutMs = 120_000;

/**
 * Registers one test for each clause. All clauses run side by side as soon as the first test starts;
 * each test waits for its own clause. A clause that is not run, and a SHOULD that failed, is skipped
 * with its reason where the runner can, and printed everywhere.
 */
export function conformance({ test, ...options }: ConformanceOptions): void {
  const selected = options.clauses ?? clauses;
  const ends = new Map(selected.map(({ id }) => [id, Promise.withResolvers<ClauseResult>()]));
  const started: { run?: Promise<unknown> } = {};
  const start = () => {
    started.run ??= run(options, ends);
  };
  for (const { id, title } of selected) {
    // No declared parameters: some runners would pass a callback and wait for it.
    const body = async (...details: unknown[]) => {
      start();
      const result = await ends.get(id)?.promise;
      if (result?.state === 'failed' && result.level === 'MUST') throw result.error;
      if (result?.state !== 'passed') skip(details[0], `${result?.state}: ${result?.reason}`);
    };
    test(`${options.name}: ${id} ${title}`, body, timeoutMs);
  }
}

async function run(
  options: RunOptions,
  ends: ReadonlyMap<string, PromiseWithResolvers<ClauseResult>>,
): Promise<void> {
  const onResult = (result: ClauseResult) => ends.get(result.id)?.resolve(result);
  try {
    const { results, seed } = await runConformance({ ...options, onResult });
    const count = (state: string) => results.filter((result) => result.state === state).length;
    const counts = ['passed', 'failed', 'not applicable', 'not run'].map(
      (state) => `${count(state)} ${state}`,
    );
    process.stderr.write(`conformance: ${options.name}: ${counts.join(', ')}; seed ${seed}\n`);
    const told = results.filter(
      ({ state, level }) => state === 'not run' || (state === 'failed' && level === 'SHOULD'),
    );
    const lines = new Set(
      told.map(({ id, state, reason }) =>
        state === 'failed' ? `${id} failed: ${reason}` : `not run: ${reason}`,
      ),
    );
    for (const line of lines) process.stderr.write(`conformance: ${options.name}: ${line}\n`);
  } catch (error) {
    for (const end of ends.values()) end.reject(error);
  }
}

/** vitest and node:test pass a context that can skip. */
function skip(context: unknown, reason: string): void {
  const { skip: method } = (context ?? {}) as { skip?: unknown };
  if (typeof method === 'function') method.call(context, reason);
}
