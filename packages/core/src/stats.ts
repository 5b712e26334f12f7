/** Counters of one region since the cache was opened. */
export interface RegionStats {
  /** Reads answered from the cache. */
  hits: number;
  /** Reads that the cache did not answer, whatever the reason. */
  misses: number;
  /** Loaders run. */
  loads: number;
  /** Reads that took the result of somebody else's load. */
  joined: number;
  /** Reads served with the last good value from process memory. */
  stale: number;
  /** Values written. */
  stores: number;
  /** Loaded values that were not written, because their lease was gone. */
  refusedFills: number;
  /** Invalidations asked for, confirmed or not. */
  invalidations: number;
}

export function newRegionStats(): RegionStats {
  return {
    hits: 0,
    misses: 0,
    loads: 0,
    joined: 0,
    stale: 0,
    stores: 0,
    refusedFills: 0,
    invalidations: 0,
  };
}
