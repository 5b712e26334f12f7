import assert from 'node:assert/strict';
import { type CacheAdapter, CacheError, isOutage } from '@tasker-cache/core/adapter';
import type { ClauseContext } from '../clause.ts';
import { minuteMs } from './data.ts';
import { boundMs, succeeds } from './waiting.ts';

/** The operation rejects within a bound, with a `CacheError` that says that the backend is away. */
export async function unavailable(
  within: ClauseContext['within'],
  what: string,
  operation: () => Promise<unknown>,
): Promise<CacheError> {
  const outcome = operation().then(
    (value) => assert.fail(`${what} resolved to ${JSON.stringify(value)} during an outage`),
    (error: unknown) => error,
  );
  const error = await within(boundMs, what, outcome);
  if (error instanceof assert.AssertionError) throw error;
  assert.ok(CacheError.isInstance(error), `${what} rejects with a CacheError, not ${error}`);
  assert.ok(isOutage(error), `${what} rejected with ${error.code}, which is no outage`);
  return error;
}

const names = ['a', 'b', 'c', 'd'];

export async function store(adapter: CacheAdapter, key: ClauseContext['key']): Promise<void> {
  for (const name of names) await adapter.set(key(name), `value of ${name}`, minuteMs);
}

/** The adapter works again, and gives each key its own value. */
export async function reads({
  adapter,
  key,
  within,
}: Pick<ClauseContext, 'adapter' | 'key' | 'within'>): Promise<void> {
  for (const name of names) {
    const value = await within(
      boundMs,
      'recovery',
      succeeds(() => adapter.get(key(name))),
    );
    assert.equal(value, `value of ${name}`);
  }
}
