/** Bounds for loaders: how long, how many, and how processes wait for each other. */
export interface LoadSettings {
  /** The deadline of one load, and the longest life of a lease. Default 30,000. */
  readonly loadTimeoutMs: number;
  /** Loads that run at once in this process; further ones queue. Default 64. */
  readonly maxConcurrentLoads: number;
  /** How long a reader waits for another process's load before it loads for itself. Default 3,000. */
  readonly leaseWaitMs: number;
}
