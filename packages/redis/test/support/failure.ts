import { CacheError } from '@tasker-cache/core';

/** The error that the promise rejects with, which must be a `CacheError`. */
export async function failure(promise: Promise<unknown>): Promise<CacheError> {
  const outcome = await promise.then(
    () => new Error('it resolved'),
    (error: unknown) => error,
  );
  if (CacheError.isInstance(outcome)) return outcome;
  throw outcome;
}

/** Repeats `attempt` until it returns something or resolves with it; throws after `boundMs`. */
export async function until<T>(
  attempt: () => Promise<T> | T,
  boundMs = 5000,
): Promise<NonNullable<T>> {
  const end = performance.now() + boundMs;
  for (;;) {
    const outcome = await Promise.resolve()
      .then(attempt)
      .catch((error: unknown) => {
        if (performance.now() > end) throw error;
      });
    if (outcome !== undefined && outcome !== null && outcome !== false) return outcome;
    if (performance.now() > end) throw new Error(`not within ${boundMs} ms: ${attempt}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Whether the promise settled within the bound. */
export async function settles(promise: Promise<unknown>, boundMs: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, boundMs, false);
  const settled = promise.then(
    () => true,
    () => true,
  );
  return Promise.race([settled, late]).finally(() => clearTimeout(timer));
}
