#!/usr/bin/env node
import { readArguments, UsageError, usage } from './arguments.ts';
import { namesOf } from './names.ts';
import { writePackage } from './write-package.ts';

try {
  const given = readArguments(process.argv.slice(2));
  if (given === 'help') process.stdout.write(usage);
  else await create(given.name, given.folder);
} catch (error) {
  if (!(error instanceof Error)) throw error;
  process.stderr.write(`create-tasker-cache-adapter: ${error.message}.\n`);
  if (error instanceof UsageError) process.stderr.write(`\n${usage}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function create(name: string, given: string | undefined): Promise<void> {
  const names = namesOf(name);
  const folder = given ?? names.packageName;
  await writePackage(folder, names);
  const manager = process.env.npm_config_user_agent?.startsWith('pnpm') ? 'pnpm' : 'npm';
  process.stdout.write(`Wrote the package ${names.packageName} to ${folder}

Next:
  cd ${folder}
  ${manager} install
  ${manager} test

The tests pass on the in-memory store that stands for your backend. Replace it in src/adapter.ts,
where it says "Backend:".
`);
}
