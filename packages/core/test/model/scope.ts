import type { UsageContext } from '../../src/index.ts';
import { type Backend, leaseInKey } from './backends.ts';

/** What the environment may do in one schedule, and how often. */
export interface Budget {
  /** A key vanishes: evicted, expired, or deleted by a foreign client. */
  readonly vanishes: number;
  /** A process's connection is lost, with whatever is pending on it. */
  readonly drops: number;
  /** Everything pending in a process passes its deadline. */
  readonly timeouts: number;
  /** A load fails, or passes its deadline. */
  readonly failedLoads: number;
  /** The server starts again, empty. */
  readonly restarts: number;
  /** A process closes its cache, and goes on reading and writing. */
  readonly closes: number;
  /** Several events of one process fall into one tick of its event loop. */
  readonly sharedTicks: number;
}

/** What the key holds at the beginning: nothing, the current version, or a dead process's lease. */
export type Beginning = 'cold' | 'warm' | 'leased';

/** The bounds of one exploration. */
export interface Scope extends Budget {
  readonly backend: Backend;
  readonly usage: string | UsageContext;
  /** Readers take turns in joining them, the last one first. */
  readonly processes: number;
  /** Processes that writers take turns in joining, the first one first. */
  readonly writingProcesses: number;
  readonly readers: number;
  /** Commit a new version, then invalidate through their region. */
  readonly writers: number;
  /** Commit a new version, then send a plain DEL of their own. */
  readonly foreignWriters: number;
  readonly beginnings: readonly Beginning[];
  /** Whether writers remove the key, or everything below the region's prefix. */
  readonly invalidates: 'key' | 'prefix';
  /** Undelivered invalidations that a process remembers singly. */
  readonly maxUndelivered: number;
  /** Outages in a row that open a circuit. */
  readonly breakerThreshold: number;
  /** Whether the server answers when caches are opened, and else whether it ever will. */
  readonly server: 'there' | 'comes later' | 'stays away';
  /** Readers and writers of one process use one region object, or one each. */
  readonly regionsPerProcess: 1 | 2;
  /** The database answers within the call, as an embedded one does. */
  readonly synchronousDatabase: boolean;
  /** A loader first invalidates another key of its region. */
  readonly loadersInvalidate: boolean;
  /** The most events in one shared tick. */
  readonly longestTick: number;
  /** After how many microtasks the next event of a shared tick may come. */
  readonly microtasks: readonly number[];
  /** Leaves out orders that cannot matter. `false`: every order. */
  readonly reduces: boolean;
}

/** Enough for all microtasks that one event causes; the tick ends after them. */
export const allMicrotasks = 64;

/** A scope with everything that is not given at its least. */
export function scopeOf(given: Partial<Scope>): Scope {
  return {
    backend: leaseInKey,
    usage: 'templates',
    processes: 1,
    writingProcesses: given.processes ?? 1,
    readers: 2,
    writers: 1,
    foreignWriters: 0,
    vanishes: 0,
    drops: 0,
    timeouts: 0,
    failedLoads: 0,
    restarts: 0,
    closes: 0,
    sharedTicks: 0,
    beginnings: ['cold'],
    invalidates: 'key',
    maxUndelivered: 10,
    breakerThreshold: 1000,
    server: 'there',
    regionsPerProcess: 1,
    synchronousDatabase: false,
    loadersInvalidate: false,
    longestTick: 2,
    microtasks: [0, allMicrotasks],
    reduces: true,
    ...given,
  };
}
