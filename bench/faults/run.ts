// One cache under one fault, in a process of its own; told what to do by its parent.
import dns from 'node:dns';
import { consoleLogger, openCache } from '@tasker-cache/core';
import { memcached } from '@tasker-cache/memcached';
import { redis } from '@tasker-cache/redis';
import { BlockWatch } from './block-watch.ts';
import { LoadGenerator } from './load.ts';
import type { Mark, RunRequest, Seen } from './measured.ts';
import { secretsIn } from './secrets.ts';
import { percentiles } from './stats.ts';
import { entryCodec } from './values.ts';
import { inspectAll, Watch } from './watched-adapter.ts';

const request = JSON.parse(process.argv[2] as string) as RunRequest;
const lines: string[] = [];
const watch = new Watch();
let isResolvable = false;
let healedAtMs: number | undefined;
let recoveryMs: number | undefined;

if (request.unresolved !== undefined) resolveByOrder(request.unresolved);
const eventLoop = new BlockWatch();
const startedMs = performance.now();
const cache = await openCache(
  {
    backend: request.adapter,
    ttlMs: { default: request.ttlMs },
    operationTimeoutMs: request.operationTimeoutMs,
    connectionTimeoutMs: request.connectionTimeoutMs,
    circuitBreaker: { timeoutMs: request.breakerTimeoutMs },
    graceMs: request.usage === 'analytics' ? 60_000 : 0,
    settings: { ...request.settings, connectionTimeoutMs: request.connectionTimeoutMs },
  },
  {
    logger: consoleLogger('debug', (line) => lines.push(line)),
    adapters: [watch.definition(request.adapter === 'redis' ? redis : memcached)],
  },
);
const openMs = performance.now() - startedMs;
const region = cache.region(request.usage, {
  codec: entryCodec,
  onRead(outcome) {
    if (outcome === 'hit' && healedAtMs !== undefined)
      recoveryMs ??= performance.now() - healedAtMs;
  },
});
const load = new LoadGenerator(cache, region, request.isFromStart ? 'fault' : 'before', request);
process.on('message', (mark: Mark) => {
  if (mark === 'stop') void finish();
  else if (mark === 'fault') {
    load.phase = 'fault';
    eventLoop.reset();
    watch.probeDelayMs = request.slowProbeMs;
  } else {
    load.phase = 'after';
    isResolvable = true;
    healedAtMs = performance.now();
  }
});
// Without its parent it would run for ever.
const abandon = () => process.exit(1);
process.once('disconnect', abandon);
process.send?.('open');

async function finish(): Promise<void> {
  const unsettled = await load.stop();
  for (const key of request.keys ?? []) {
    await region.delete(key);
    await region.deletePrefix(key);
  }
  const { longestMs: blockedMs, busiestMs: busyMs } = eventLoop;
  eventLoop.stop();
  const shown = [cache, region, cache.status(), cache.stats(), watch.adapter].map(inspectAll);
  await cache.close();
  const leftOpen = process.getActiveResourcesInfo().filter((kind) => /TCP|TLS|DNS/.test(kind));
  const text = [...lines, ...watch.errors, ...shown].join('\n');
  const { calls } = load;
  const settled = calls.filter((call) => call.latencyMs !== undefined);
  const inFault = calls.filter(({ phase }) => phase === 'fault');
  const latencies = (some: typeof calls) => percentiles(some.map((call) => call.latencyMs ?? 0));
  const halfOpen = settled.filter(({ isHalfOpen }) => isHalfOpen);
  const seen: Seen = {
    openMs,
    calls: calls.length,
    loaderMs: percentiles(calls.map((call) => call.loaderMs).filter((ms) => ms > 0)),
    faultMs: latencies(settled.filter(({ phase }) => phase === 'fault')),
    longestMs: latencies(settled).max,
    halfOpenMs: {
      ...percentiles(halfOpen.map((call) => (call.latencyMs ?? 0) - call.loaderMs)),
      calls: halfOpen.length,
    },
    errors: calls.filter(({ error }) => error !== undefined).length,
    firstError: calls.find(({ error }) => error !== undefined)?.error,
    unsettled,
    callsInFault: inFault.length,
    loadsInFault: inFault.filter((call) => call.loaderMs > 0).length,
    wrongValues: calls.filter(({ isWrong }) => isWrong).length,
    wrongFromAdapter: watch.wrongValues,
    recoveryMs,
    breakerOpened: lines.some((line) => line.includes('Circuit breaker opened')),
    lines,
    secretsSeen: secretsIn(text, request.secrets),
    blockedMs,
    busyMs,
    leftOpen,
  };
  process.off('disconnect', abandon);
  process.send?.(seen, undefined, undefined, () => process.disconnect());
}

/** The machine's resolver cannot be made to fail for one process, so this stands in for it. */
function resolveByOrder(host: string): void {
  const lookup = dns.lookup as (...args: unknown[]) => void;
  dns.lookup = ((name: string, ...rest: unknown[]) => {
    if (name !== host) return lookup(name, ...rest);
    if (isResolvable) return lookup('127.0.0.1', ...rest);
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
    process.nextTick(rest.at(-1) as (error: Error) => void, error);
  }) as typeof dns.lookup;
}
