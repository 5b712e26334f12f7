import type { Cache } from '@tasker-cache/core';
import type { LogBook } from '../log-book.ts';
import type { Report } from '../report.ts';

const initialized = {
  process: /^INFO backend="\w+" max_capacity=\d+ "In-memory cache provider initialized"$/,
  shared: /^INFO backend="\w+".* "Distributed cache provider initialized successfully"$/,
  none: /^$/,
};

/** Before anybody uses the cache. */
export async function startup(report: Report, log: LogBook, cache: Cache): Promise<void> {
  const { backend, scope } = cache.status();
  const line = log.lines.find((line) => initialized[scope].test(line)) ?? 'no such line';
  report.claim(
    `The start-up log names the backend, ${backend}`,
    line.includes(`"${backend}"`),
    line,
  );
  const warnings = log.lines.filter((line) => line.startsWith('WARN'));
  report.claim('The cache found nothing to object to in tasker.toml', warnings.length === 0);
  report.claim('The health check passes', await cache.healthCheck());
}
