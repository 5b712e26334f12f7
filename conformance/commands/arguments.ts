import { parseArgs } from 'node:util';
import type { StartOptions } from '../src/servers/server.ts';

/** What the command line asks for. */
export interface Arguments {
  readonly action: 'run' | 'list' | 'readme' | 'help';
  /** Targets, adapters, or beginnings of targets' names. Empty: all. */
  readonly only: readonly string[];
  readonly servers: NonNullable<StartOptions['how']>;
  /** A target that cannot be reached makes the run fail. */
  readonly isAllRequired: boolean;
  readonly report: 'html' | 'json' | 'none';
  readonly seed: string | undefined;
  /** The folder of the results; the project's own when it is not given. */
  readonly results: string | undefined;
}

/** The command line makes no sense; the message says where. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const usage: string = `pnpm conformance [options]

Runs every clause of the kit for our own adapters, against every server it can reach.
Ends 1 when a clause fails, or when a target that was asked for cannot be reached.

  --only <name>      a target (redis-7.0), the beginning of its name (redis), or its adapter
                     (redis means valkey-8.1 too); several with commas, or repeated
  --servers <way>    auto (default): an URL of the environment, else a container, else a program
                     of this machine; url, containers or native: that way alone
  --require all      end 1 when any target cannot be reached
  --report <form>    html: matrix.html and badge.svg; json: report.json with durations and seeds;
                     none (default); all of them next to the results
  --seed <text>      repeat the test data of an earlier run
  --results <folder> where <target>.json goes; default conformance/results
  --readme           write the matrix of the results into README.md, and badge.svg; run nothing
  --list             print the targets and run nothing
  --help
`;

const options = {
  only: { type: 'string', multiple: true },
  servers: { type: 'string' },
  require: { type: 'string' },
  report: { type: 'string' },
  seed: { type: 'string' },
  results: { type: 'string' },
  readme: { type: 'boolean' },
  list: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Throws a `UsageError`. */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = parse(args);
  const action = values.help
    ? 'help'
    : values.list
      ? 'list'
      : values.readme
        ? 'readme'
        : ('run' as const);
  return {
    action,
    only: (values.only ?? []).flatMap((names) => names.split(',')),
    servers: oneOf('--servers', values.servers, ['auto', 'containers', 'native', 'url']),
    isAllRequired:
      values.require !== undefined && oneOf('--require', values.require, ['all']) === 'all',
    report: oneOf('--report', values.report, ['none', 'html', 'json']),
    seed: values.seed,
    results: values.results,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, strict: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** The first choice is the default. */
function oneOf<T extends string>(
  option: string,
  value: string | undefined,
  choices: readonly [T, ...T[]],
): T {
  const found = choices.find((choice) => choice === (value ?? choices[0]));
  if (found !== undefined) return found;
  throw new UsageError(`${option} is one of ${choices.join(', ')}, not '${value}'`);
}
