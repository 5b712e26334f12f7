import { parseArgs } from 'node:util';
import type { Course, RaceOptions } from './race.ts';

export interface Arguments extends RaceOptions {
  readonly courses: readonly Course[];
  /** Count loads and round trips instead. */
  readonly herd: boolean;
  /** Where to write the figures. */
  readonly json: string | undefined;
}

const courses: readonly Course[] = [
  { name: 'redis', adapter: 'redis', server: 'redis-8.0' },
  { name: 'valkey', adapter: 'redis', server: 'valkey-8.1' },
  { name: 'memcached', adapter: 'memcached', server: 'memcached-1.6.45' },
];

const usage = `Usage: pnpm race [--backend redis|valkey|memcached|all] [--seconds 60] [--seed N] [--naive]
                 [--readers 3] [--workers 2] [--herd] [--json FILE]

Readers, workers and a client without leases race for 20 templates over a real server, which is
killed, frozen and cut off meanwhile. A checker reads what all of them saw.

  --backend NAME  Which server, started for this and stopped again. Default: redis.
  --seconds N     How long, for each backend. Default: 60.
  --seed N        Decides faults and traffic. Default: a random one, which is printed.
  --naive         The same with GET / load / SETEX / DEL: the checker finds stale reads.
  --readers N     Reader processes, each about 250 reads/s. Default: 3.
  --workers N     Worker processes, which update and invalidate. Default: 2.
  --herd          No race: 1,000 cold reads at once, and the round trips of a hit and of a miss.
  --json FILE     Write the figures there.
  --help          Print this.

Exit code: 0 if every statement held, 1 if one did not or a server could not be had, 2 for wrong
arguments.
`;

/** Ends the process after `--help`, and with exit code 2 when the arguments make no sense. */
export function readArguments(args: readonly string[]): Arguments {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        backend: { type: 'string', default: 'redis' },
        seconds: { type: 'string', default: '60' },
        seed: { type: 'string' },
        naive: { type: 'boolean', default: false },
        readers: { type: 'string', default: '3' },
        workers: { type: 'string', default: '2' },
        herd: { type: 'boolean', default: false },
        json: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(usage);
      process.exit(0);
    }
    return {
      courses: findCourses(values.backend),
      seconds: whole('seconds', values.seconds, 5, 3600),
      seed: whole('seed', values.seed ?? `${Date.now() % 1_000_000}`, 0, 2 ** 31),
      naive: values.naive,
      readers: whole('readers', values.readers, 1, 16),
      workers: whole('workers', values.workers, 1, 16),
      herd: values.herd,
      json: values.json,
    };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

function findCourses(name: string): readonly Course[] {
  const found = courses.filter((course) => name === 'all' || course.name === name);
  if (found.length === 0) throw new TypeError(`Unknown backend '${name}'`);
  return found;
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new TypeError(`--${name} is a whole number from ${least} to ${most}, got '${text}'`);
}
