import type { Event, InvalidationEvent, ReadEvent } from './history.ts';
import { keyCount } from './keys.ts';

/** A read that got what an invalidation before its begin had removed. */
export interface StaleRead {
  readonly read: ReadEvent;
  /** The least version that was allowed, and the invalidation that says so. */
  readonly floor: number;
  readonly invalidation: InvalidationEvent;
}

export interface Verdict {
  /** Judged by the confirmed invalidations of all processes. */
  readonly stale: readonly StaleRead[];
  /** Judged by all invalidations of the reader's own process, confirmed or not. */
  readonly staleAtHome: readonly StaleRead[];
  /** Reads that failed. */
  readonly failed: readonly ReadEvent[];
  /** The longest read in milliseconds, without the pauses of its process. */
  readonly slowestMs: number;
}

/** The versions of one key's commits, in the order of their commits. */
type Commits = readonly { readonly version: number; readonly endUs: number }[];

interface Floor {
  readonly fromUs: number;
  readonly version: number;
  readonly invalidation: InvalidationEvent;
}

/**
 * Judges a history: a read that began after an invalidation had ended must not return a version
 * older than the newest that was committed before the invalidation began.
 */
export function check(history: readonly Event[]): Verdict {
  const reads = history.filter((event) => event.kind === 'read');
  const invalidations = history.filter((event) => event.kind === 'invalidation');
  const commits = commitsByKey(history);
  const confirmed = floors(
    invalidations.filter((it) => it.confirmed),
    commits,
  );
  const processes = [...new Set(invalidations.map(({ process }) => process))];
  const own = new Map(
    processes.map((process) => {
      const itsOwn = invalidations.filter((it) => it.process === process && it.coversOwnReads);
      return [process, floors(itsOwn, commits)];
    }),
  );
  return {
    stale: reads.flatMap((read) => judge(read, confirmed[read.key])),
    staleAtHome: reads.flatMap((read) => judge(read, own.get(read.process)?.[read.key])),
    failed: reads.filter(({ version }) => version === undefined),
    slowestMs: slowest(history, reads),
  };
}

/** The newest version of each key. */
export function latestVersions(history: readonly Event[]): readonly number[] {
  return commitsByKey(history).map((commits) => commits.at(-1)?.version ?? 1);
}

function commitsByKey(history: readonly Event[]): readonly Commits[] {
  const commits = Array.from(
    { length: keyCount },
    () => [] as { version: number; endUs: number }[],
  );
  for (const event of history) if (event.kind === 'commit') commits[event.key]?.push(event);
  for (const list of commits) list.sort((a, b) => a.version - b.version);
  return commits;
}

/** For each key, from when on which version is the least: both rising. */
function floors(
  invalidations: readonly InvalidationEvent[],
  commits: readonly Commits[],
): readonly (readonly Floor[])[] {
  const inOrder = invalidations.toSorted((a, b) => a.endUs - b.endUs);
  return commits.map((list, key) => {
    const rising: Floor[] = [];
    for (const invalidation of inOrder) {
      if (invalidation.key !== undefined && invalidation.key !== key) continue;
      const version = lastBefore(list, invalidation.startUs, ({ endUs }) => endUs)?.version ?? 1;
      if (version > (rising.at(-1)?.version ?? 1)) {
        rising.push({ fromUs: invalidation.endUs, version, invalidation });
      }
    }
    return rising;
  });
}

function judge(read: ReadEvent, rising: readonly Floor[] | undefined): StaleRead[] {
  const floor = lastBefore(rising ?? [], read.startUs, ({ fromUs }) => fromUs);
  if (floor === undefined || read.version === undefined || read.version >= floor.version) return [];
  return [{ read, floor: floor.version, invalidation: floor.invalidation }];
}

/** The last item of a list in the order of time that lies before `timeUs`. */
function lastBefore<T>(
  items: readonly T[],
  timeUs: number,
  timeOf: (item: T) => number,
): T | undefined {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timeOf(items[middle] as T) < timeUs) low = middle + 1;
    else high = middle;
  }
  return items[low - 1];
}

function slowest(history: readonly Event[], reads: readonly ReadEvent[]): number {
  const pauses = history.filter((event) => event.kind === 'pause');
  let slowestUs = 0;
  for (const { process, startUs, endUs } of reads) {
    if (endUs - startUs <= slowestUs) continue;
    let pausedUs = 0;
    for (const pause of pauses) {
      const overlap = Math.min(endUs, pause.endUs) - Math.max(startUs, pause.startUs);
      if (pause.process === process && overlap > 0) pausedUs += overlap;
    }
    slowestUs = Math.max(slowestUs, endUs - startUs - pausedUs);
  }
  return slowestUs / 1000;
}
