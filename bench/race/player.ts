import type { Answers, Ask } from './ipc.ts';
import { keyCount } from './keys.ts';
import { Lanes } from './lanes.ts';
import { connectToParent } from './parent.ts';
import { type ProcessOptions, readProcessOptions } from './process-options.ts';
import { type Random, seededRandom } from './random.ts';
import { Recorder } from './recorder.ts';
import { isLive, openTemplates, type Templates } from './templates.ts';

/** What readers and workers have in common. */
export interface Player {
  readonly options: ProcessOptions;
  readonly random: Random;
  readonly recorder: Recorder;
  readonly lanes: Lanes;
  readonly templates: Templates;
  readonly ask: Ask;
  /** Reads and records; resolves to the version. */
  read(key: number): Promise<number | undefined>;
}

/** Opens this process's cache and answers what the parent asks every player, and `answers`. */
export async function openPlayer(answers: Answers = {}): Promise<Player> {
  const options = readProcessOptions();
  const random = seededRandom(options.seed, options.name);
  const recorder = new Recorder();
  const lanes = new Lanes();
  let started = 0;
  const ask = connectToParent({
    ...answers,
    ready: () => opening.then(isLive),
    status: () => templates.cache.status(),
    stop: () => lanes.stop(),
    readAll: () => Promise.all(Array.from({ length: keyCount }, (_, key) => read(key))),
    async flush() {
      await recorder.flush();
      return started;
    },
  });
  recorder.sendTo(ask);
  const opening = openTemplates(options, random, ask);
  const read = async (key: number) => {
    started++;
    const event = await templates.read(key);
    recorder.add(event);
    return event.version;
  };
  const templates = await opening;
  return { options, random, recorder, lanes, templates, ask, read };
}
