// Caches that are called without a pause while their server misbehaves; reports what piled up.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cache, consoleLogger, openCache } from '@tasker-cache/core';
import { memcached } from '@tasker-cache/memcached';
import { redis } from '@tasker-cache/redis';
import type { SoakOrder, SoakRequest, SoakSeen } from './soak-measured.ts';
import { entryCodec, entryOf } from './values.ts';

const request = JSON.parse(process.argv[2] as string) as SoakRequest;
const tickMs = 10;
const keyCount = 50;
const patienceMs = 5000;
const recoverWithinMs = 10_000;
const resources = () => process.getActiveResourcesInfo().filter((kind) => /TCP|Time/.test(kind));

const before = resources();
const caches = await Promise.all(Array.from({ length: request.caches }, open));
const regions = caches.map((cache) => cache.region('generic', { codec: entryCodec }));
const pending = new Set<Promise<void>>();
let baselineBytes = 0;
let calls = 0;
let errors = 0;
let mostPending = 0;
let longestMs = 0;
const startedMs = performance.now();

const ticking = setInterval(() => {
  const owed = ((performance.now() - startedMs) * request.callsPerSecond) / 1000;
  while (calls < owed) start();
}, tickMs);
const abandon = () => process.exit(1);
process.once('disconnect', abandon);
const orders: Record<SoakOrder, () => void> = { baseline: setBaseline, recover, report };
process.on('message', (order: SoakOrder) => orders[order]());
process.send?.('open');

function open(): Promise<Cache> {
  return openCache(
    {
      backend: request.adapter,
      ttlMs: { default: 5000 },
      circuitBreaker: { failureThreshold: request.failureThreshold, timeoutMs: 100 },
      settings: { url: request.url },
    },
    { adapters: [redis, memcached], logger: consoleLogger('silent') },
  );
}

function start(): void {
  const region = regions[calls % regions.length] as (typeof regions)[number];
  const key = `key-${Math.floor(calls / regions.length) % keyCount}`;
  calls++;
  const calledMs = performance.now();
  const call = region
    .getOrLoad(key, async () => entryOf(key))
    .then(
      () => {},
      () => {
        errors++;
      },
    )
    .finally(() => {
      longestMs = Math.max(longestMs, performance.now() - calledMs);
      pending.delete(call);
    });
  pending.add(call);
  mostPending = Math.max(mostPending, pending.size);
}

function usedBytes(): number {
  for (let run = 0; run < 3; run++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function setBaseline(): void {
  baselineBytes = usedBytes();
  process.send?.('baseline');
}

async function recover(): Promise<void> {
  const giveUpAtMs = performance.now() + recoverWithinMs;
  const isServed = async (cache: Cache) => {
    while (!(await cache.healthCheck())) {
      if (performance.now() > giveUpAtMs) return false;
      await sleep(5);
    }
    return true;
  };
  const served = await Promise.all(caches.map(isServed));
  process.send?.(served.every(Boolean) ? 'recovered' : 'not recovered');
}

async function report(): Promise<void> {
  clearInterval(ticking);
  const giveUpAtMs = performance.now() + patienceMs;
  while (pending.size > 0 && performance.now() < giveUpAtMs) await sleep(20);
  const growthBytes = usedBytes() - baselineBytes;
  await Promise.all(caches.map((cache) => cache.close()));
  const leftOpen = resources();
  for (const kind of before)
    if (leftOpen.includes(kind)) leftOpen.splice(leftOpen.indexOf(kind), 1);
  const seen: SoakSeen = {
    ...{ calls, errors, unsettled: pending.size, mostPending, longestMs, growthBytes, leftOpen },
  };
  process.off('disconnect', abandon);
  process.send?.(seen, undefined, undefined, () => process.disconnect());
}
