import { parseArgs } from 'node:util';
import { type Backend, backends } from './backends.ts';

export interface Arguments {
  readonly backend: Backend;
  readonly json: boolean;
}

const usage = `Usage: pnpm demo [--backend ${Object.keys(backends).join('|')}] [--json]

  --backend NAME  What caches. Default: moka, which needs nothing.
                  The others need a server: the one that REDIS_URL, VALKEY_URL,
                  MEMCACHED_URL or DRAGONFLY_URL names, else one that is started
                  (in a container, or natively) and stopped again.
  --json          Print the figures as one JSON object on the last line.
  --help          Print this.

Exit code: 0 if every statement held, 1 if one did not or the server could not
be had, 2 for wrong arguments.
`;

/** Ends the process after `--help`, and with exit code 2 when the arguments make no sense. */
export function readArguments(args: readonly string[]): Arguments {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        backend: { type: 'string', default: 'moka' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(usage);
      process.exit(0);
    }
    return { backend: findBackend(values.backend), json: values.json };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

function findBackend(name: string): Backend {
  const backend = Object.hasOwn(backends, name) ? backends[name] : undefined;
  if (backend !== undefined) return backend;
  throw new TypeError(`Unknown backend '${name}'`);
}
