/**
 * How often a full cache still has what it is asked for, by eviction policy.
 * `node --conditions=tasker-source bench/src/hit-ratio.ts [folder of recorded *.txt.gz streams]`
 */
import { LRUCache } from 'lru-cache';
import { AdmissionMap, type Entry } from '../../packages/memory/src/admission.ts';
import { type RequestStream, recordedStreams, syntheticStreams } from './request-streams.ts';
import { WTinyLfu } from './w-tiny-lfu.ts';

interface Policy {
  get(key: string): Entry | undefined;
  set(key: string, entry: Entry): unknown;
}

const policies: Readonly<Record<string, (capacity: number) => Policy>> = {
  LRU: (capacity) => new LRUCache<string, Entry>({ max: capacity }),
  'W-TinyLFU': (capacity) => new WTinyLfu<Entry>(capacity),
  'window + ghosts': (capacity) => new AdmissionMap(capacity),
};
const capacities = [500, 2000, 10_000];
const rounds = 3;

const folder = process.argv[2];
print('hit ratio (ns per request)', 'capacity', Object.keys(policies));
if (folder !== undefined) for (const stream of recordedStreams(folder)) compare(stream);
for (const stream of syntheticStreams()) compare(stream);

function compare(stream: RequestStream): void {
  for (const capacity of capacities) {
    const cells = Object.values(policies).map((create) => {
      const runs = Array.from({ length: rounds }, () => replay(create(capacity), stream.keys));
      const fastest = Math.min(...runs.map(({ nanoseconds }) => nanoseconds));
      return `${(runs[0]?.hitRatio ?? 0).toFixed(2)} % (${fastest.toFixed(0)})`;
    });
    print(stream.name, capacity.toString(), cells);
  }
}

function replay(
  policy: Policy,
  keys: readonly string[],
): { hitRatio: number; nanoseconds: number } {
  const entry: Entry = { value: 'x', token: undefined, expiresAtMs: Number.POSITIVE_INFINITY };
  const begin = performance.now();
  let hits = 0;
  for (const key of keys) {
    if (policy.get(key) !== undefined) hits++;
    else policy.set(key, entry);
  }
  const elapsedMs = performance.now() - begin;
  return { hitRatio: (100 * hits) / keys.length, nanoseconds: (elapsedMs * 1e6) / keys.length };
}

function print(stream: string, capacity: string, cells: readonly string[]): void {
  const row = cells.map((cell) => cell.padStart(18)).join('');
  console.log(`${stream.padEnd(28)}${capacity.padStart(8)}${row}`);
}
