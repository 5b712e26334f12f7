import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { CacheError } from '@tasker-cache/core/adapter';

/** Any operation settles within this time once it can. Far above what a slow machine takes. */
export const boundMs = 5000;

/** What needs nobody else settles within this time. Below the timeouts that clients have of their own. */
export const promptMs = 1000;

/** Until the condition holds. */
export async function eventually(holds: () => boolean, what: () => string): Promise<void> {
  const end = performance.now() + boundMs;
  while (!holds()) {
    if (performance.now() > end) assert.fail(`after ${boundMs} ms, ${what()}`);
    await sleep(10);
  }
}

/** Until the operation succeeds: the first ones after a fault may still meet the old connection. */
export async function succeeds<T>(operation: () => Promise<T>): Promise<T> {
  const end = performance.now() + boundMs;
  for (;;) {
    try {
      return await operation();
    } catch (error) {
      assert.ok(CacheError.isInstance(error), `it rejects with a CacheError, not ${error}`);
      if (performance.now() > end) throw error;
      await sleep(20);
    }
  }
}
