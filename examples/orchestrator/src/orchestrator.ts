import type { Cache } from '@tasker-cache/core';
import {
  AnalyticsCache,
  type BottleneckAnalysis,
  type BottleneckQuery,
  type HandlerMetadata,
  type PerformanceMetrics,
  TemplateCache,
  type TemplateReference,
} from '@tasker-cache/tasker';
import type { Database } from './database.ts';

/** The orchestrator's reads. Each says what it wants and how to load it; the cache does the rest. */
export class Orchestrator {
  readonly templates: TemplateCache;
  readonly #analytics: AnalyticsCache;
  readonly #database: Database;

  constructor(cache: Cache, database: Database) {
    this.templates = new TemplateCache(cache);
    this.#analytics = new AnalyticsCache(cache);
    this.#database = database;
  }

  template(reference: TemplateReference): Promise<HandlerMetadata> {
    return this.templates.get(reference, () => this.#database.template(reference));
  }

  performance(hours: number): Promise<PerformanceMetrics> {
    return this.#analytics.performance(hours, () => this.#database.performance(hours));
  }

  bottlenecks(query: BottleneckQuery): Promise<BottleneckAnalysis> {
    return this.#analytics.bottlenecks(query, () => this.#database.bottlenecks(query));
  }
}
