// Reads hot keys at a bounded rate, now and then several times in one tick.
import { nowUs } from './history.ts';
import { keyCount } from './keys.ts';
import { openPlayer } from './player.ts';

const laneCount = 30;
const pauseBetweenReadsMs = 200;
const burst = 4;

const { options, random, recorder, lanes, read } = await openPlayer({ pause });

for (let lane = 0; lane < laneCount; lane++) {
  lanes.start(async () => {
    const key = random.below(keyCount);
    const reads = random.next() < 0.05 ? burst : 1;
    await Promise.all(Array.from({ length: reads }, () => read(key)));
    return random.between(0, pauseBetweenReadsMs);
  });
}

/** As a very long garbage collection: timers, sockets and leases go on without this process. */
function pause(forMs: number): void {
  const startUs = nowUs();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, forMs);
  recorder.add({ kind: 'pause', process: options.name, startUs, endUs: nowUs() });
}
