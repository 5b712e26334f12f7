import type { UsageContext } from '../../src/index.ts';
import {
  type Backend,
  inProcess,
  leaseInKey,
  oneTokenPerClient,
  separateLeaseKey,
  withoutLeases,
} from './backends.ts';
import { memcachedKeepingIds, memcachedLike } from './memcached-backends.ts';
import { allMicrotasks, type Beginning, type Scope } from './scope.ts';

/** Every backend by its name on the command line. */
export const backends: Readonly<Record<string, Backend>> = {
  'lease-in-key': leaseInKey,
  'in-process': inProcess(leaseInKey),
  memcached: memcachedLike,
  'memcached-ids-of-add': memcachedKeepingIds('dies'),
  'memcached-ids-across-reconnects': memcachedKeepingIds('lives on'),
  'one-token-per-client': oneTokenPerClient(leaseInKey),
  'separate-lease-key': separateLeaseKey,
  'without-leases': withoutLeases,
};

const templates: UsageContext = {
  name: 'templates',
  segment: 'template',
  label: 'template',
  scopes: ['shared', 'process'],
  toleratesStaleness: false,
};

/** As if a reader of templates might join any running load. */
export const joiningAnyLoad: UsageContext = { ...templates, toleratesStaleness: true };

type Scopes<Name extends string = string> = Readonly<Record<Name, Partial<Scope>>>;

const everyBeginning: readonly Beginning[] = ['cold', 'warm', 'leased'];
const one: Partial<Scope> = { readers: 1, writers: 1 };

const inProcessTicks: Partial<Scope> = {
  usage: templates,
  backend: inProcess(leaseInKey),
  beginnings: ['cold', 'warm'],
  sharedTicks: 1,
  longestTick: 3,
  microtasks: [0, 1, 2, 3, 5, 8, 13, allMicrotasks],
  regionsPerProcess: 2,
};

/** Races of readers, writers and the environment while the server is there. */
export const races: Scopes = {
  'two readers and a writer, every order': { reduces: false },
  'a reader, a writer, and one of each fault': {
    ...one,
    beginnings: everyBeginning,
    vanishes: 1,
    drops: 1,
    failedLoads: 1,
  },
  'two processes, and an entry or a lease that vanishes': { vanishes: 1, processes: 2 },
  'a writer that sends a plain DEL': { writers: 0, foreignWriters: 1, vanishes: 1 },
  'a memcached that starts again': {
    backend: memcachedLike,
    restarts: 1,
    writers: 0,
    foreignWriters: 1,
    synchronousDatabase: true,
  },
  'two readers and two writers': { writers: 2, synchronousDatabase: true },
  'three readers and two writers of a store in their process': {
    usage: templates,
    backend: inProcess(leaseInKey),
    readers: 3,
    writers: 2,
    sharedTicks: 1,
    microtasks: [allMicrotasks],
  },
  'a store in the process, which answers within the tick': inProcessTicks,
  'a store and a database in the process': { ...inProcessTicks, synchronousDatabase: true },
  'events that share a tick': {
    sharedTicks: 1,
    synchronousDatabase: true,
    microtasks: [allMicrotasks],
  },
};

/** Invalidations that cannot be delivered, and what is read meanwhile. */
export const outages: Scopes = {
  'requests that pass their deadline, two processes': {
    timeouts: 1,
    processes: 2,
    synchronousDatabase: true,
  },
  'a lost connection that opens the circuit': { ...one, drops: 1, breakerThreshold: 1 },
  'two invalidations by prefix, and a lost connection': {
    readers: 1,
    writers: 2,
    drops: 1,
    invalidates: 'prefix',
    synchronousDatabase: true,
  },
  'a server that was away at the start': { server: 'comes later' },
  'more undelivered invalidations than fit': {
    server: 'comes later',
    processes: 2,
    writingProcesses: 1,
    readers: 1,
    writers: 3,
    maxUndelivered: 1,
    synchronousDatabase: true,
  },
  'an invalidation while an earlier one is delivered': {
    server: 'comes later',
    processes: 2,
    writingProcesses: 1,
    readers: 1,
    writers: 2,
    synchronousDatabase: true,
  },
  'a cache that is closed': { closes: 1, synchronousDatabase: true },
  'a loader that invalidates another key': {
    server: 'stays away',
    synchronousDatabase: true,
    loadersInvalidate: true,
  },
  'two region objects, and events that share a tick': {
    server: 'stays away',
    synchronousDatabase: true,
    regionsPerProcess: 2,
    sharedTicks: 1,
    longestTick: 3,
    microtasks: [allMicrotasks],
  },
};

/** Small, but with everything that a state consists of. */
export const abstractions: Scopes = {
  'two readers and a writer': { synchronousDatabase: true },
  'every fault': { ...one, vanishes: 1, drops: 1, failedLoads: 1, reduces: false },
  'an outage': { ...one, server: 'comes later', drops: 1 },
  'a memcached that starts again': { ...one, backend: memcachedLike, restarts: 1 },
  'invalidations by prefix': {
    readers: 1,
    writers: 2,
    drops: 1,
    invalidates: 'prefix',
    synchronousDatabase: true,
  },
  'a shared tick': { ...one, sharedTicks: 1, closes: 1 },
};

/** The known wrong ways, each in a scope that is large enough to show why. */
export const wrongWays: Scopes<
  'withoutLeases' | 'joiningAnyLoad' | 'oneTokenPerClient' | 'separateLeaseKey' | 'oldCasId'
> = {
  withoutLeases: { backend: withoutLeases, readers: 1 },
  joiningAnyLoad: { usage: joiningAnyLoad },
  oneTokenPerClient: { backend: oneTokenPerClient(leaseInKey) },
  separateLeaseKey: { backend: separateLeaseKey, readers: 1, writers: 0, foreignWriters: 1 },
  oldCasId: { backend: memcachedKeepingIds('lives on'), restarts: 1, synchronousDatabase: true },
};
