import { parseArgs } from 'node:util';
import { addressOf } from './run-server.ts';

export const usage: string = `tasker-cache-conformance <module> [options]

Runs every clause of the kit against the adapter that a module creates. The module's default export,
or its one export whose name ends in 'Adapter', is called with { url } and returns the adapter.
Ends 1 when a clause fails or none ran, 2 when the arguments make no sense.

  <module>          a file, such as ./dist/index.js, or a package
  --server <url>    the backend; the adapter gets the URL of a proxy that breaks the connection
  --export <name>   the export to call
  --name <text>     what is tested, such as 'valkey 8.1'; default: the module
  --seed <text>     repeat the test data of an earlier run
  -h, --help
`;

/** The command line makes no sense; the message says where. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Arguments {
  readonly module: string;
  readonly name: string;
  readonly server: string | undefined;
  readonly export: string | undefined;
  readonly seed: string | undefined;
}

const text = { type: 'string' } as const;
const options = {
  ...{ server: text, export: text, name: text, seed: text },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Throws a `UsageError`. */
export function readArguments(args: readonly string[]): Arguments | 'help' {
  const { values, positionals } = orUsageError(() =>
    parseArgs({ args: [...args], options, allowPositionals: true }),
  );
  if (values.help) return 'help';
  const [module, ...more] = positionals;
  if (module === undefined) throw new UsageError('The module of the adapter is missing');
  if (more.length > 0) throw new UsageError(`'${more[0]}' is one argument too many`);
  const { server, export: name, seed } = values;
  if (server !== undefined) orUsageError(() => addressOf(server));
  return { module, name: values.name ?? module, server, export: name, seed };
}

function orUsageError<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
