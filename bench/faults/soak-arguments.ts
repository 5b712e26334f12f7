import { parseArgs } from 'node:util';
import { type BackendName, backends } from './backends.ts';
import { type SoakStory, soakStories } from './soak-stories.ts';

export interface SoakArguments {
  readonly only: readonly BackendName[];
  readonly stories: readonly SoakStory[];
  /** Of both black holes together. */
  readonly minutes: number;
  /** Connections, each counted. */
  readonly resets: number;
  readonly kills: number;
}

export const soakHelp: string = `pnpm soak: does anything pile up while a server misbehaves for long?

  --minutes N             how long the two black holes last together, above 0, to 1440. Default 0.5
  --resets N              connections to reset. Default 1000 for each minute
  --kills N               kills (SIGKILL) and restarts of the server. Default 2 for each minute
  --only NAME[,NAME]      ${Object.keys(backends).join(', ')}. Default: redis,memcached
  --story ID[,ID]         ${soakStories.map(({ id }) => id).join(', ')}. Default: all
  --help

Each story is a process of its own that makes 1000 get-or-loads per second. The minutes are those of
one backend; warming up, resets and kills add a tenth: "--minutes 10" takes 11 minutes for each
backend. Says on standard error every 10 s how far it is. Ends with 0 when every goal is met: no
error, no call that never settles, less than 10 MB more heap after a collection, at most a second's
calls under way at once, and no timer or socket left open by close().`;

/** Resolves to `undefined` where help is wanted. Throws a `TypeError` for what makes no sense. */
export function readSoakArguments(args: readonly string[]): SoakArguments | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '0.5' },
      resets: { type: 'string' },
      kills: { type: 'string' },
      only: { type: 'string', default: 'redis,memcached' },
      story: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const minutes = Number(values.minutes);
  if (!(minutes > 0 && minutes <= 1440)) throw new TypeError('--minutes is above 0, to 1440');
  return {
    minutes,
    resets: count('--resets', values.resets, Math.ceil(1000 * minutes)),
    kills: count('--kills', values.kills, Math.ceil(2 * minutes)),
    only: chosen('--only', values.only, Object.keys(backends)) as BackendName[],
    stories: chosen(
      '--story',
      values.story,
      soakStories.map(({ id }) => id),
    ).flatMap((id) => soakStories.filter((story) => story.id === id)),
  };
}

function count(option: string, text: string | undefined, fallback: number): number {
  const value = Number(text ?? fallback);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new TypeError(`${option} is a whole number above 0, got '${text}'`);
}

function chosen(
  option: string,
  text: string | undefined,
  known: readonly string[],
): readonly string[] {
  const names = text?.split(',') ?? known;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new TypeError(`${option} does not know '${unknown}', only ${known.join(', ')}`);
}
