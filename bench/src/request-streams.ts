import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The keys that an application asks for, in order. */
export interface RequestStream {
  readonly name: string;
  readonly keys: readonly string[];
}

/** The same streams in every run. */
export function* syntheticStreams(): Generator<RequestStream> {
  const random = mulberry32(1);
  yield stream('zipf 0.9', zipf(random, 100_000, 0.9, 500_000));
  yield stream('zipf 1.1', zipf(random, 100_000, 1.1, 500_000));
  yield stream('zipf 0.9 + scans', withScans(zipf(random, 20_000, 0.9, 400_000)));
  yield stream('shifting zipf', shifting(random));
  yield stream('loop of 2,500', repeat(500_000, 2500));
  yield stream('pairs, 1,500 apart', pairs(500_000, 1500));
  yield stream('hits only', repeat(500_000, 400));
}

/** One stream for each `*.txt.gz` of the folder, with one key a line. */
export function* recordedStreams(folder: string): Generator<RequestStream> {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.txt.gz'))) {
    const lines = gunzipSync(readFileSync(join(folder, file)))
      .toString()
      .trimEnd()
      .split('\n');
    yield stream(basename(file, '.txt.gz'), lines);
  }
}

/** As long as real keys are. */
function stream(name: string, items: readonly (string | number)[]): RequestStream {
  return { name, keys: items.map((item) => `tasker:analytics:performance:${item}`) };
}

function repeat(length: number, distinct: number): number[] {
  return Array.from({ length }, (_, index) => index % distinct);
}

/** Each key comes twice, with so many other requests between, and never again. */
function pairs(length: number, apart: number): number[] {
  const first = (index: number) => index - (index % (2 * apart)) + (index % apart);
  return Array.from({ length }, (_, index) => first(index));
}

function zipf(random: () => number, items: number, exponent: number, length: number): number[] {
  const cumulative = new Float64Array(items);
  for (let rank = 0, sum = 0; rank < items; rank++) {
    sum += (rank + 1) ** -exponent;
    cumulative[rank] = sum;
  }
  const total = cumulative[items - 1] as number;
  return Array.from({ length }, () => firstAtLeast(cumulative, random() * total));
}

function firstAtLeast(sorted: Float64Array, target: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < target) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** During a quarter of the time, every second request is for a key that never comes again. */
function withScans(keys: readonly number[]): (number | string)[] {
  return keys.flatMap((key, index) => (index % 20_000 < 5000 ? [key, `scan-${index}`] : [key]));
}

/** Five times, all keys are forgotten and others become popular. */
function shifting(random: () => number): string[] {
  return [0, 1, 2, 3, 4].flatMap((phase) =>
    zipf(random, 20_000, 1, 100_000).map((key) => `${phase}-${key}`),
  );
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
