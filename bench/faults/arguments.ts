import { parseArgs } from 'node:util';
import { type BackendName, backends } from './backends.ts';
import { faults } from './faults.ts';

export interface Arguments {
  readonly only: readonly BackendName[];
  readonly faults: readonly string[];
  /** How long each fault lasts. */
  readonly seconds: number;
  readonly json: string | undefined;
  /** For a test that breaks the guard: the goals stay those of the default. */
  readonly operationTimeoutMs: number;
}

export const help: string = `pnpm faults: every fault on every backend that can be had here, and which goals hold

  --only NAME[,NAME]      ${Object.keys(backends).join(', ')}. Default: all
  --fault ID[,ID]         ${faults.map(({ id }) => id).join(', ')}. Default: all
  --seconds N             how long each fault lasts, 1 to 120. Default 10
  --operation-timeout-ms  the cache's deadline; goals stay those of 250. Default 250
  --json FILE             also write every measurement there
  --help

Each run is a process of its own that makes 100 get-or-loads per second: 2 s healthy, the fault, then
healthy again. The breaker's timeout is 1 s here (default 15 s), and so is the first contact's
deadline (default 5 s), so that a run is short. Ends with 0 when every goal is met.`;

/** Resolves to `undefined` where help is wanted. Throws a `TypeError` for what makes no sense. */
export function readArguments(args: readonly string[]): Arguments | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      fault: { type: 'string' },
      seconds: { type: 'string', default: '10' },
      'operation-timeout-ms': { type: 'string', default: '250' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    only: chosen('--only', values.only, Object.keys(backends) as BackendName[]),
    faults: chosen(
      '--fault',
      values.fault,
      faults.map(({ id }) => id),
    ),
    seconds: number('--seconds', values.seconds, 120),
    operationTimeoutMs: number('--operation-timeout-ms', values['operation-timeout-ms'], 3_600_000),
    json: values.json,
  };
}

function chosen<Name extends string>(
  option: string,
  text: string | undefined,
  known: readonly Name[],
): readonly Name[] {
  const names = text?.split(',') ?? known;
  const unknown = names.find((name) => !known.some((one) => one === name));
  if (unknown === undefined) return names as readonly Name[];
  throw new TypeError(`${option} does not know '${unknown}', only ${known.join(', ')}`);
}

function number(option: string, text: string, most: number): number {
  const value = Number(text);
  if (value >= 1 && value <= most) return value;
  throw new TypeError(`${option} is a number from 1 to ${most}, got '${text}'`);
}
