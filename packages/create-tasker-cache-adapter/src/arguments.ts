import { parseArgs } from 'node:util';

export const usage: string = `npm create tasker-cache-adapter <name> [folder]

Writes a package with a cache adapter that passes the conformance kit on a small in-memory store.
Reaches no network.

  <name>       the backend's name, such as my-backend; the package is tasker-cache-<name>
  [folder]     where it goes; must not exist, or be empty. Default: tasker-cache-<name>
  -h, --help   (with npm: npm create tasker-cache-adapter -- --help)
`;

/** The command cannot be carried out as it was given; the message says why, and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Arguments {
  readonly name: string;
  readonly folder: string | undefined;
}

/** What the command line asks for: `help`, or a package. Throws a `UsageError`. */
export function readArguments(args: readonly string[]): Arguments | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [name, folder, ...more] = positionals;
  if (name === undefined) throw new UsageError('The name of the backend is missing');
  if (more.length > 0) throw new UsageError(`'${more[0]}' is one argument too many`);
  return { name, folder };
}

function parse(args: readonly string[]) {
  try {
    const options = { help: { type: 'boolean', short: 'h' } } as const;
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const [reason] = (error as Error).message.split('. ');
    throw new UsageError(reason);
  }
}
