import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Runs every benchmark in a process of its own; exits 1 if a goal was missed. */
const names = ['core', 'import', 'redis', 'memcached'];
const wanted = process.argv.slice(2).filter((name) => name !== '--');
const unknown = wanted.find((name) => !names.includes(name));
if (unknown !== undefined) {
  const usage =
    'Usage: pnpm bench [NAME …]. Ratios are measured side by side; close other programs.';
  process.stderr.write(`Unknown benchmark '${unknown}'. Known: ${names.join(', ')}\n${usage}\n`);
  process.exit(2);
}
for (const name of wanted.length > 0 ? wanted : names) {
  console.log(`\n== ${name}`);
  const file = join(import.meta.dirname, `${name}.ts`);
  const { status } = spawnSync(process.execPath, ['--conditions=tasker-source', file], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
