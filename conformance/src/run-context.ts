import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CacheAdapter, CacheError, type CacheErrorCode } from '@tasker-cache/core/adapter';
import type { ClauseContext, OwnedServer } from './clause.ts';
import type { FaultProxy } from './proxy/proxy.ts';
import { seededRandom } from './random.ts';
import type { Obstacle } from './run-gate.ts';

/** What all clauses of a run share. */
export interface Run {
  readonly seed: string;
  readonly deadlineMs: number;
  readonly create: (options: { readonly url: string }) => CacheAdapter;
  readonly adapter: CacheAdapter;
  readonly server: OwnedServer | undefined;
  readonly proxies: FaultProxy[];
  readonly others: Promise<unknown>;
  readonly lateFaults: Error[];
  /** Adapters that clauses have made, to be closed at the end. */
  readonly created: CacheAdapter[];
}

/** Thrown by a clause that finds out on its way that it cannot be run. */
export class Obstructed extends Error {
  override readonly name = 'Obstructed';
  readonly obstacle: Obstacle;

  constructor(state: Obstacle['state'], reason: string) {
    super(reason);
    this.obstacle = { state, reason };
  }
}

export function contextFor(run: Run, id: string, proxy: FaultProxy | undefined): ClauseContext {
  const url = proxy && run.server ? proxy.url(run.server.url) : '';
  const own: { adapter?: CacheAdapter; peer?: CacheAdapter } = {};
  const create = (createUrl = url) => {
    const adapter = run.create({ url: createUrl });
    run.created.push(adapter);
    return adapter;
  };
  const adapter = () => {
    own.adapter ??= create();
    return own.adapter;
  };
  return {
    get adapter() {
      return adapter();
    },
    get peer() {
      own.peer ??= run.adapter.scope === 'shared' ? create() : adapter();
      return own.peer;
    },
    create,
    having: ((_: unknown, instance = adapter()) => instance) as unknown as ClauseContext['having'],
    key: (name = '') => `kit:${run.seed}:${id}:${name}`,
    stored: ((value: unknown, absent: unknown) =>
      run.adapter.scope === 'none' ? absent : value) as ClauseContext['stored'],
    random: seededRandom(`${run.seed}:${id}`),
    refused,
    within,
    get proxy() {
      return present(proxy, 'proxy');
    },
    url,
    get server() {
      return present(run.server, 'freeze');
    },
    others: run.others,
    lateFaults: () => run.lateFaults,
    notApplicable(reason) {
      throw new Obstructed('not applicable', reason);
    },
    notRun(reason) {
      throw new Obstructed('not run', reason);
    },
  };
}

function present<T>(value: T | undefined, need: string): T {
  assert.ok(value, `a clause that uses it needs '${need}'`);
  return value;
}

async function refused(
  operation: () => Promise<unknown>,
  ...codes: readonly CacheErrorCode[]
): Promise<Error> {
  const expected = codes.join(' or ');
  let promise: Promise<unknown>;
  try {
    promise = operation();
  } catch (error) {
    assert.fail(`expected a rejection with ${expected}, but it threw ${error}`);
  }
  const error = await promise.then(
    () => assert.fail(`expected ${expected}, but it was accepted`),
    (reason: unknown) => reason,
  );
  if (error instanceof assert.AssertionError) throw error;
  assert.ok(CacheError.isInstance(error), `expected a CacheError with ${expected}, not ${error}`);
  assert.ok(codes.includes(error.code), `expected ${expected}, not ${error.code}`);
  return error;
}

async function within<T>(boundMs: number, what: string, promise: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = sleep(boundMs, undefined, { signal: timer.signal }).then(
    () => assert.fail(`${what} was still pending after ${boundMs} ms`),
    () => undefined as never,
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}
