import type { Cache, Load, Region } from '@tasker-cache/core';
import { readLog } from './read-log.ts';
import { shapeCodec } from './shape-codec.ts';
import {
  type BottleneckAnalysis,
  bottleneckAnalysis,
  type PerformanceMetrics,
  performanceMetrics,
} from './shapes.ts';

/** What a bottleneck analysis was asked for. */
export interface BottleneckQuery {
  /** The most steps and tasks to list. */
  readonly limit: number;
  /** Steps and tasks that ran less often are left out. */
  readonly minExecutions: number;
}

/**
 * Tasker's analytics, cached for `analytics_ttl_seconds` on any backend. However many ask at once,
 * one query runs. Both methods reject only as `load` does, or with `CACHE_LOAD_TIMEOUT`.
 */
export class AnalyticsCache {
  readonly #performance: Region<PerformanceMetrics>;
  readonly #bottlenecks: Region<BottleneckAnalysis>;

  constructor(cache: Cache) {
    this.#performance = cache.region('analytics', {
      codec: shapeCodec('Performance metrics', performanceMetrics),
      onRead: readLog(cache.logger, 'Performance metrics', ([, hours]) => ({ hours })),
    });
    this.#bottlenecks = cache.region('analytics', {
      codec: shapeCodec('Bottleneck analysis', bottleneckAnalysis),
      onRead: readLog(cache.logger, 'Bottleneck analysis', ([, limit, minExecutions]) => ({
        limit,
        min_executions: minExecutions,
      })),
    });
  }

  /** The metrics of the last `hours`, from the cache or from `load`. */
  performance(hours: number, load: Load<PerformanceMetrics>): Promise<PerformanceMetrics> {
    return this.#performance.getOrLoad(['performance', hours], load);
  }

  /** The analysis, from the cache or from `load`. */
  bottlenecks(query: BottleneckQuery, load: Load<BottleneckAnalysis>): Promise<BottleneckAnalysis> {
    return this.#bottlenecks.getOrLoad(['bottlenecks', query.limit, query.minExecutions], load);
  }
}
