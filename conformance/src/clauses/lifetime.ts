import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CacheAdapter } from '@tasker-cache/core/adapter';

/** How long an entry lived, as far as reading can tell. */
export interface Lifetime {
  /** It was there so long after the write had ended. */
  readonly atLeastMs: number;
  /** It was gone so long after the write had begun; infinite when it outlived the measurement. */
  readonly atMostMs: number;
}

/**
 * Writes, then asks until the entry is gone or was seen after `untilMs`. A slow machine widens the
 * interval and never shifts it, so an adapter is only blamed for what was really seen.
 */
export async function measureLifetime(
  write: () => Promise<unknown>,
  isThere: () => Promise<boolean>,
  untilMs: number,
  everyMs: number,
): Promise<Lifetime> {
  const writeBegan = performance.now();
  await write();
  const writeEnded = performance.now();
  const seen = { atLeastMs: 0 };
  for (;;) {
    const readBegan = performance.now();
    if (!(await isThere())) {
      return { atLeastMs: seen.atLeastMs, atMostMs: performance.now() - writeBegan };
    }
    seen.atLeastMs = readBegan - writeEnded;
    if (seen.atLeastMs > untilMs) return { ...seen, atMostMs: Number.POSITIVE_INFINITY };
    await sleep(everyMs);
  }
}

/** What the contract allows for a TTL, in milliseconds. */
export interface Bounds {
  /** The TTL, rounded up to the resolution. */
  readonly roundedMs: number;
  /** Backends that count in ticks may lose up to one of them; clocks may differ by 100 ms. */
  readonly earliestMs: number;
  /** Gone by then: one resolution step and the clocks' difference later. */
  readonly latestMs: number;
  readonly everyMs: number;
}

export function boundsFor({ limits }: CacheAdapter, ttlMs: number): Bounds {
  const stepMs = limits.ttlResolutionMs;
  const roundedMs = Math.ceil(ttlMs / stepMs) * stepMs;
  return {
    roundedMs,
    earliestMs: roundedMs - Math.max(stepMs, 100),
    latestMs: roundedMs + stepMs + 250,
    everyMs: Math.min(50, Math.max(10, stepMs / 10)),
  };
}

/** A TTL of at least `steps` resolution steps and `atLeastMs`. */
export function ttlOf({ limits }: CacheAdapter, steps: number, atLeastMs: number): number {
  return Math.max(limits.ttlResolutionMs * steps, atLeastMs);
}

/** Measures a value's life. */
export function valueLifetime(
  adapter: CacheAdapter,
  key: string,
  ttlMs: number,
  write: () => Promise<unknown> = () => adapter.set(key, 'value', ttlMs),
): Promise<Lifetime> {
  const { latestMs, everyMs } = boundsFor(adapter, ttlMs);
  const isThere = async () => (await adapter.get(key)) !== undefined;
  return measureLifetime(write, isThere, latestMs, everyMs);
}

/**
 * Writes five entries, spread over one resolution step: a backend that counts in ticks cuts each of
 * them differently.
 */
export async function spreadLifetimes(
  adapter: CacheAdapter,
  measure: (index: number) => Promise<Lifetime>,
): Promise<Lifetime[]> {
  const apartMs = adapter.limits.ttlResolutionMs / 5;
  const one = async (index: number) => {
    await sleep(index * apartMs);
    return measure(index);
  };
  return Promise.all([0, 1, 2, 3, 4].map(one));
}

export function assertNotForever(lifetimes: readonly Lifetime[], bounds: Bounds): void {
  for (const { atLeastMs } of lifetimes) {
    const allowed = `${bounds.roundedMs} ms and at most ${bounds.latestMs} ms`;
    assert.ok(
      atLeastMs <= bounds.latestMs,
      `seen ${atLeastMs | 0} ms after it was written: ${allowed} were allowed`,
    );
  }
}

/** How often a machine that is too slow to tell may try again. Then it has proved nothing. */
const rounds = 5;

/** Measures until it is certain whether the entry lives as long as was promised. */
export async function assertNotEarly(
  bounds: Bounds,
  measure: (round: number) => Promise<Lifetime>,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const { atLeastMs, atMostMs } = await measure(round);
    if (atLeastMs >= bounds.earliestMs) return;
    const promised = `${bounds.roundedMs} ms were promised`;
    assert.ok(atMostMs >= bounds.earliestMs, `gone after ${atMostMs | 0} ms: ${promised}`);
  }
}

/** Measures until it is certain whether an entry outlived the next smaller multiple of the resolution. */
export async function assertRoundedUp(
  { limits }: CacheAdapter,
  bounds: Bounds,
  measure: (round: number) => Promise<readonly Lifetime[]>,
): Promise<void> {
  const smallerMs = bounds.roundedMs - limits.ttlResolutionMs;
  for (let round = 0; round < rounds; round++) {
    const lifetimes = await measure(round);
    assertNotForever(lifetimes, bounds);
    if (lifetimes.some(({ atLeastMs }) => atLeastMs > smallerMs)) return;
    const longest = Math.max(...lifetimes.map(({ atMostMs }) => atMostMs));
    const isCertain = longest < smallerMs + limits.ttlResolutionMs / 2;
    const promised = `the TTL rounds up to ${bounds.roundedMs} ms`;
    assert.ok(!isCertain, `all gone after ${longest | 0} ms: ${promised}`);
  }
}
