// A client that knows nothing of leases: Tasker's server in Rust, by the commands that it sends.
import { setTimeout as sleep } from 'node:timers/promises';
import type { HandlerMetadata } from '@tasker-cache/tasker';
import { nowUs, type ReadEvent } from './history.ts';
import { fullKeyOf, keyCount, revisionOf, templateRoot } from './keys.ts';
import { Lanes } from './lanes.ts';
import { connectToParent } from './parent.ts';
import { plainStore } from './plain-store.ts';
import { readProcessOptions } from './process-options.ts';
import { seededRandom } from './random.ts';
import { Recorder } from './recorder.ts';

const pauseBetweenReadsMs = 20;
const pauseBetweenDeletesMs = 120;
const pauseBeforeRepeatMs = 50;

const { name, seed, backend, url } = readProcessOptions();
const random = seededRandom(seed, name);
const recorder = new Recorder();
const lanes = new Lanes();
const readStore = plainStore(backend, url);
const deleteStore = plainStore(backend, url);
let started = 0;

const ask = connectToParent({
  ready: () => true,
  // It repeats a deletion until it is confirmed, so it is done when its lanes are.
  status: () => ({ breaker: 'closed', undeliveredInvalidations: 0 }),
  stop: () => lanes.stop(),
  async readAll() {
    const versions: (number | undefined)[] = [];
    for (let key = 0; key < keyCount; key++) versions.push(await read(key));
    return versions;
  },
  async flush() {
    await recorder.flush();
    return started;
  },
});
recorder.sendTo(ask);

lanes.start(async () => {
  await read(random.below(keyCount));
  return random.between(0, pauseBetweenReadsMs);
});
lanes.start(async () => {
  const key = random.below(keyCount);
  // Some deletions follow a commit of its own, others are just that.
  if (random.next() < 0.5) await ask('update', key);
  const everything = deleteStore.deleteAll !== undefined && random.next() < 0.1;
  while (!(await invalidate(everything ? undefined : key))) await sleep(pauseBeforeRepeatMs);
  return random.between(0, pauseBetweenDeletesMs);
});

async function read(key: number): Promise<number | undefined> {
  started++;
  let source: ReadEvent['source'] = 'cache';
  const startUs = nowUs();
  let version = await cachedVersion(key);
  if (version === undefined) {
    source = 'load';
    version = revisionOf(await ask<HandlerMetadata>('template', key));
  }
  recorder.add({ kind: 'read', process: name, key, startUs, endUs: nowUs(), version, source });
  return version;
}

/** A fault is a miss, and so is what is no JSON: a lease marker. */
async function cachedVersion(key: number): Promise<number | undefined> {
  try {
    const text = await readStore.get(fullKeyOf(key));
    return text === undefined ? undefined : revisionOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function invalidate(key: number | undefined): Promise<boolean> {
  const startUs = nowUs();
  const deletion =
    key === undefined ? deleteStore.deleteAll?.(templateRoot) : deleteStore.delete(fullKeyOf(key));
  const confirmed = await Promise.resolve(deletion).then(
    () => true,
    () => false,
  );
  const endUs = nowUs();
  const how = key === undefined ? 'deletePrefix' : 'delete';
  const event = { kind: 'invalidation', process: name, key, startUs, endUs, how } as const;
  recorder.add({ ...event, confirmed, coversOwnReads: false });
  return confirmed;
}
