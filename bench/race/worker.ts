// Updates rows without a pause, and invalidates each after its commit; often reads it back.
import { nowUs } from './history.ts';
import { keyCount } from './keys.ts';
import { openPlayer } from './player.ts';

const pauseBetweenUpdatesMs = 25;
const checkReplayEveryMs = 20;

const { options, random, recorder, lanes, templates, ask, read } = await openPlayer();
const { name, backend } = options;
/** Unconfirmed invalidations: the key (or none for all), and when it began. */
const waiting: { readonly key: number | undefined; readonly startUs: number }[] = [];

setInterval(recordReplay, checkReplayEveryMs);
lanes.start(async () => {
  const key = random.below(keyCount);
  await ask('update', key);
  const everything = backend === 'redis' && random.next() < 0.02;
  await invalidate(everything ? undefined : key);
  if (random.next() < 0.5) await read(key);
  return random.between(0, pauseBetweenUpdatesMs);
});

async function invalidate(key: number | undefined): Promise<void> {
  const startUs = nowUs();
  const { confirmed } = await (key === undefined
    ? templates.invalidateAll()
    : templates.invalidate(key));
  const endUs = nowUs();
  if (!confirmed) waiting.push({ key, startUs });
  const how = key === undefined ? 'deletePrefix' : 'delete';
  const event = { kind: 'invalidation', process: name, key, startUs, endUs, how } as const;
  recorder.add({ ...event, confirmed, coversOwnReads: true });
}

/** Where nothing waits any more, what was not confirmed is delivered: it holds from here on. */
function recordReplay(): void {
  if (waiting.length === 0 || templates.cache.status().undeliveredInvalidations > 0) return;
  const endUs = nowUs();
  const common = { kind: 'invalidation', process: name, endUs, how: 'replay' } as const;
  for (const { key, startUs } of waiting) {
    recorder.add({ ...common, key, startUs, confirmed: true, coversOwnReads: true });
  }
  waiting.length = 0;
}
