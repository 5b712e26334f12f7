import type { Clause } from '../clause.ts';
import { batch } from './batch.ts';
import { concurrency } from './concurrency.ts';
import { deletes } from './delete.ts';
import { expiry } from './expiry.ts';
import { hostileReplies } from './hostile.ts';
import { keys } from './keys.ts';
import { leases } from './lease.ts';
import { leaseRaces } from './lease-races.ts';
import { leaseTimes } from './lease-time.ts';
import { lifecycle } from './lifecycle.ts';
import { limits } from './limits.ts';
import { outages } from './outage.ts';
import { outageConnections } from './outage-connections.ts';
import { outageRecovery } from './outage-recovery.ts';
import { policy } from './policy.ts';
import { prefixes } from './prefix.ts';
import { readWrite } from './read-write.ts';

/** Every clause, in the order of reports. */
export const clauses: readonly Clause[] = [
  ...readWrite,
  ...expiry,
  ...deletes,
  ...prefixes,
  ...batch,
  ...limits,
  ...keys,
  ...leases,
  ...leaseTimes,
  ...leaseRaces,
  ...concurrency,
  ...lifecycle,
  ...outages,
  ...outageRecovery,
  ...outageConnections,
  ...hostileReplies,
  ...policy,
];
