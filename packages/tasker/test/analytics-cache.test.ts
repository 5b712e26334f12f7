import { type Cache, openCache } from '@tasker-cache/core';
import { memory, memoryAdapter } from '@tasker-cache/memory';
import { afterEach, expect, test } from 'vitest';
import { AnalyticsCache, type BottleneckAnalysis, type PerformanceMetrics } from '../src/index.ts';
import { rustBottlenecks, rustPerformance } from './from-rust.ts';
import { logLines } from './log-lines.ts';

const performanceMetrics: PerformanceMetrics = JSON.parse(rustPerformance);
const bottleneckAnalysis: BottleneckAnalysis = JSON.parse(rustBottlenecks);
const query = { limit: 10, minExecutions: 5 };
const opened: Cache[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((cache) => cache.close()));
});

async function openMoka() {
  const { logger, lines } = logLines();
  const store = memoryAdapter();
  const adapters = [{ ...memory, create: () => store }];
  const cache = await openCache({ backend: 'moka' }, { adapters, logger });
  opened.push(cache);
  lines.length = 0;
  return { analytics: new AnalyticsCache(cache), store, lines };
}

test('uses the keys of Tasker and stores plain JSON', async () => {
  const { analytics, store } = await openMoka();
  await analytics.performance(24, () => performanceMetrics);
  await analytics.bottlenecks(query, () => bottleneckAnalysis);
  const texts = await store.getMany([
    'tasker:analytics:performance:24',
    'tasker:analytics:bottlenecks:10:5',
  ]);
  expect(texts).toEqual([JSON.stringify(performanceMetrics), JSON.stringify(bottleneckAnalysis)]);
});

test('reads what a Rust server stored', async () => {
  const { analytics, store } = await openMoka();
  await store.set('tasker:analytics:performance:24', rustPerformance, 60_000);
  await store.set('tasker:analytics:bottlenecks:10:5', rustBottlenecks, 60_000);
  const load = () => Promise.reject(new Error('asked the database'));
  expect(await analytics.performance(24, load)).toEqual(performanceMetrics);
  expect(await analytics.bottlenecks(query, load)).toEqual(bottleneckAnalysis);
});

test("logs the guide's lines", async () => {
  const { analytics, lines } = await openMoka();
  for (const _ of [1, 2]) await analytics.performance(24, () => performanceMetrics);
  for (const _ of [1, 2]) await analytics.bottlenecks(query, () => bottleneckAnalysis);
  expect(lines).toEqual([
    'DEBUG hours=24 "Performance metrics cache MISS, querying DB"',
    'DEBUG hours=24 "Performance metrics cache HIT"',
    'DEBUG limit=10 min_executions=5 "Bottleneck analysis cache MISS, querying DB"',
    'DEBUG limit=10 min_executions=5 "Bottleneck analysis cache HIT"',
  ]);
});

test('answers 200 concurrent requests with one query', async () => {
  const { analytics, lines } = await openMoka();
  const queries: number[] = [];
  const load = async () => {
    queries.push(1);
    await new Promise(setImmediate);
    return performanceMetrics;
  };
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => analytics.performance(1, load)),
  );
  expect(queries).toHaveLength(1);
  expect(new Set(answers)).toEqual(new Set([performanceMetrics]));
  const joined = 'DEBUG hours=1 "Performance metrics cache MISS, joining a query that runs"';
  expect(lines.filter((line) => line === joined)).toHaveLength(199);
});

test('different questions have different answers', async () => {
  const { analytics } = await openMoka();
  const of = (total_tasks: number) => () => ({ ...performanceMetrics, total_tasks });
  for (const hours of [1, 24]) await analytics.performance(hours, of(hours));
  for (const hours of [1, 24]) {
    expect((await analytics.performance(hours, of(0))).total_tasks).toBe(hours);
  }
});

test('replaces an entry that does not fit', async () => {
  const { analytics, store, lines } = await openMoka();
  const key = 'tasker:analytics:performance:24';
  await store.set(key, rustPerformance.replace('"total_tasks":9007199254740991,', ''), 60_000);
  expect(await analytics.performance(24, () => performanceMetrics)).toBe(performanceMetrics);
  await expect.poll(() => store.get(key)).toBe(JSON.stringify(performanceMetrics));
  const warning = lines.find((line) => line.startsWith('WARN'));
  expect(warning).toContain('CACHE_VALUE_INVALID');
  expect(warning).toContain('Performance metrics.total_tasks is not a safe integer');
});

test('returns what does not fit from the loader, and does not store it', async () => {
  const { analytics, store, lines } = await openMoka();
  const broken = { ...performanceMetrics, error_rate: Number.NaN };
  expect(await analytics.performance(24, () => broken)).toBe(broken);
  await expect.poll(() => lines.join('\n')).toContain('.error_rate is not a finite number');
  expect(await store.get('tasker:analytics:performance:24')).toBeUndefined();
});

test("rejects with the loader's error", async () => {
  const { analytics } = await openMoka();
  const fault = new Error('no database');
  await expect(analytics.performance(24, () => Promise.reject(fault))).rejects.toBe(fault);
});

test('queries each time when the cache is disabled', async () => {
  const cache = await openCache({ backend: 'moka', enabled: false }, { logger: logLines().logger });
  opened.push(cache);
  const analytics = new AnalyticsCache(cache);
  const of = (total_tasks: number) => () => ({ ...performanceMetrics, total_tasks });
  for (const total of [1, 2]) {
    expect((await analytics.performance(24, of(total))).total_tasks).toBe(total);
  }
});
