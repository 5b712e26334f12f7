/** What the process of one soak is told. */
export interface SoakRequest {
  readonly adapter: 'redis' | 'memcached';
  readonly url: string;
  readonly caches: number;
  readonly callsPerSecond: number;
  readonly failureThreshold: number;
}

/**
 * `baseline` and `report` measure; the latter also closes the caches. `recover` waits until the
 * backend has answered each cache, and is answered with `recovered` if that came in time.
 */
export type SoakOrder = 'baseline' | 'recover' | 'report';

export interface SoakSeen {
  readonly calls: number;
  readonly errors: number;
  /** Calls that had not settled 5 s after the last one began. */
  readonly unsettled: number;
  /** Calls under way at once. */
  readonly mostPending: number;
  readonly longestMs: number;
  /** Heap and buffers after a collection, now against the baseline. */
  readonly growthBytes: number;
  /** Timers and sockets after `close()` that were not there before the start. */
  readonly leftOpen: readonly string[];
}
