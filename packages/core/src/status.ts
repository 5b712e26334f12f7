import type { Scope } from './adapter.ts';
import type { BreakerState } from './breaker.ts';

/**
 * `ready`: the backend was reached; the breaker may be open since. `waiting`: it was not there at
 * start-up, and is probed for. `disabled`: there is none, by configuration or because of `reason`.
 */
export type LifecycleState = 'ready' | 'waiting' | 'disabled' | 'closed';

/** What `Cache.status()` tells. */
export interface CacheStatus {
  /** The adapter that serves: `noop` while disabled. */
  readonly backend: string;
  readonly scope: Scope;
  readonly state: LifecycleState;
  /** Why it is not `ready`. */
  readonly reason: string | undefined;
  /** Since when it is in this state. */
  readonly since: Date;
  /** `none` for backends without a network. */
  readonly breaker: BreakerState | 'none';
  /** Whether stale fills are impossible: the adapter has leases. */
  readonly fenced: boolean;
  /** Invalidations that wait for the backend. */
  readonly undeliveredInvalidations: number;
}

/** Where a cache is in its life, and why. */
export class Lifecycle {
  state: LifecycleState = 'ready';
  reason: string | undefined;
  since: Date = new Date();
  /** Whether there is no backend because of a fault. */
  failed = false;

  change(state: LifecycleState, reason?: string): void {
    this.state = state;
    this.reason = reason;
    this.since = new Date();
  }
}
