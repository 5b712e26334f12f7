export { AnalyticsCache, type BottleneckQuery } from './analytics-cache.ts';
export type { BottleneckAnalysis, HandlerMetadata, PerformanceMetrics } from './shapes.ts';
export { TemplateCache, type TemplateReference } from './template-cache.ts';
