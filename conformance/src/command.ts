#!/usr/bin/env node
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Arguments, readArguments, UsageError, usage } from './command-arguments.ts';
import { describeResults } from './command-table.ts';
import { type RunOptions, runConformance } from './run.ts';

// An adapter that fails may leave timers and sockets behind.
process.exit(await main(process.argv.slice(2)));

async function main(args: readonly string[]): Promise<number> {
  try {
    const given = readArguments(args);
    if (given === 'help') {
      process.stdout.write(usage);
      return 0;
    }
    return await run(given);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`tasker-cache-conformance: ${error.message}\n\n${usage}`);
    return 2;
  }
}

async function run({ module, name, server, seed, ...given }: Arguments): Promise<number> {
  const create = creatorIn(await load(module), given.export);
  const results = await runConformance({
    name,
    create,
    ...(server !== undefined && { server }),
    ...(seed !== undefined && { seed }),
  });
  process.stdout.write(describeResults(results));
  const ends = results.results.map(({ state }) => state);
  return ends.includes('failed') || !ends.includes('passed') ? 1 : 0;
}

/** Imports a file or a package, as a module in the working directory would. */
async function load(module: string): Promise<Readonly<Record<string, unknown>>> {
  const path = /^(\.|\/|[a-z]:\\)/i.test(module) ? resolve(module) : packageFile(module);
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    throw new UsageError(`Cannot import '${module}': ${(error as Error).message}`);
  }
}

function packageFile(name: string): string {
  try {
    return createRequire(join(process.cwd(), 'package.json')).resolve(name);
  } catch {
    throw new UsageError(`No package '${name}' is installed here. A file's name starts with ./`);
  }
}

function creatorIn(
  module: Readonly<Record<string, unknown>>,
  given: string | undefined,
): RunOptions['create'] {
  const names = Object.keys(module).filter((name) => typeof module[name] === 'function');
  const candidates = names.filter((name) =>
    given === undefined ? name === 'default' || name.endsWith('Adapter') : name === given,
  );
  const name = candidates.includes('default') ? 'default' : candidates[0];
  if (name === undefined || (name !== 'default' && candidates.length > 1)) {
    const present = names.length > 0 ? names.join(', ') : 'none';
    throw new UsageError(`No single function to create the adapter; exported: ${present}`);
  }
  return module[name] as RunOptions['create'];
}
