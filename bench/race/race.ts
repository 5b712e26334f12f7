import { setInterval as every } from 'node:timers/promises';
import { startProxy, startServer } from '@tasker-cache/conformance';
import { check, latestVersions, type Verdict } from './checker.ts';
import { type Fault, FaultSchedule } from './faults.ts';
import { Field } from './field.ts';
import { type Finish, finish } from './finish.ts';
import type { Event } from './history.ts';
import { plainStore } from './plain-store.ts';
import { Progress } from './progress.ts';
import { seededRandom } from './random.ts';

export interface Course {
  /** What the command line calls it. */
  readonly name: string;
  readonly adapter: 'redis' | 'memcached';
  /** One of the conformance kit's servers. */
  readonly server: string;
}

export interface RaceOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly naive: boolean;
  readonly readers: number;
  readonly workers: number;
}

export interface Outcome extends Finish {
  /** The server, with the version that it names. */
  readonly server: string;
  readonly history: readonly Event[];
  readonly faults: readonly Fault[];
  /** How many reads were begun. */
  readonly started: number;
  readonly deaths: readonly string[];
  readonly latest: readonly number[];
  readonly verdict: Verdict;
}

/** Runs one race to its end. Rejects when the server cannot be had. */
export async function race(course: Course, options: RaceOptions): Promise<Outcome> {
  const { seconds, seed } = options;
  await using server = await startServer(course.server, { how: 'own' });
  await using proxy = await startProxy({ upstream: server });
  const field = new Field();
  try {
    await field.start({ ...options, backend: course.adapter, url: proxy.url(server.url) });
    const random = seededRandom(seed, 'faults');
    const pauseReader = async (forMs: number) => {
      await field.readers[random.below(field.readers.length)]?.ask('pause', forMs);
    };
    const schedule = new FaultSchedule({ server, proxy, pauseReader }, random);
    const stopProgress = new AbortController();
    const progress = showProgress(new Progress(field, schedule), stopProgress.signal);
    await schedule.run(seconds);
    stopProgress.abort();
    await progress;
    const finished = await finish(field, plainStore(course.adapter, server.url));
    const started = await field.flush();
    const { history, deaths } = field;
    return {
      ...finished,
      server: `${server.target} (${server.version})`,
      history,
      faults: schedule.faults,
      started,
      deaths,
      latest: latestVersions(history),
      verdict: check(history),
    };
  } finally {
    await field.end();
  }
}

async function showProgress(progress: Progress, signal: AbortSignal): Promise<void> {
  try {
    for await (const _ of every(5000, undefined, { signal })) progress.print();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
