import { setTimeout as sleep } from 'node:timers/promises';
import type { CacheStatus } from '@tasker-cache/core';
import { LEASE_MARKER } from '@tasker-cache/core/adapter';
import type { Child } from './child.ts';
import type { Field } from './field.ts';
import { fullKeyOf, keyCount, revisionOf } from './keys.ts';
import type { PlainStore } from './plain-store.ts';

/** Everything is healed by then: this is what one outage of the breaker and a few retries take. */
const patienceMs = 15_000;

/** Readers go on for so long, because an overflow empties the store. */
const refillMs = 1000;

/** What was there when nothing changed any more. */
export interface Finish {
  /** Processes whose requests did not all end in time. */
  readonly unfinished: readonly string[];
  /** Processes that still had undelivered invalidations, or an open circuit. */
  readonly undelivered: readonly string[];
  /** For each process, the version that it read of each key. */
  readonly reads: readonly (readonly (number | undefined)[])[];
  /** What lies in the store itself: a version, a lease marker, or nothing. */
  readonly stored: readonly (number | 'lease' | undefined)[];
}

/** Lets all processes come to rest after the faults, and looks at what is left. */
export async function finish(field: Field, store: PlainStore): Promise<Finish> {
  const stop = ({ ask }: Child) => ask('stop');
  const unfinished = await stragglers(field.writers, stop);
  const undelivered = await stragglers(field.players, isDelivered);
  await sleep(refillMs);
  unfinished.push(...(await stragglers(field.readers, stop)));
  const stored = await storedVersions(store);
  const readAll = ({ ask }: Child) => ask<number[]>('readAll');
  const reads = [
    ...(await Promise.all(field.players.map(readAll))),
    // Now from the cache.
    ...(await Promise.all(field.players.map(readAll))),
  ];
  return { unfinished, undelivered, reads, stored };
}

/** The names of those for whom `work` did not end in time. */
async function stragglers(
  children: readonly Child[],
  work: (child: Child) => Promise<unknown>,
): Promise<string[]> {
  const names = await Promise.all(
    children.map(async (child) => {
      const abort = new AbortController();
      const late = sleep(patienceMs, child.name, abort).catch(() => undefined);
      const done = work(child).then(
        () => undefined,
        () => child.name,
      );
      const name = await Promise.race([done, late]);
      abort.abort();
      return name;
    }),
  );
  return names.filter((name) => name !== undefined);
}

async function isDelivered({ ask }: Child): Promise<void> {
  for (;;) {
    const { breaker, undeliveredInvalidations } = await ask<CacheStatus>('status');
    if (breaker === 'closed' && undeliveredInvalidations === 0) return;
    await sleep(50);
  }
}

async function storedVersions(store: PlainStore): Promise<Finish['stored']> {
  const stored: (number | 'lease' | undefined)[] = [];
  for (let key = 0; key < keyCount; key++) {
    const text = await store.get(fullKeyOf(key));
    if (text === undefined) stored.push(undefined);
    else stored.push(text.startsWith(LEASE_MARKER) ? 'lease' : revisionOf(JSON.parse(text)));
  }
  return stored;
}
