import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What importing the built core costs a cold process, over an empty script. */
const goalMs = 40;
const rounds = 21;
const core = join(import.meta.dirname, '../../packages/core/dist/index.js');
if (!existsSync(core)) {
  const root = join(import.meta.dirname, '../..');
  const { status } = spawnSync('pnpm', ['--filter', '@tasker-cache/core', 'build'], { cwd: root });
  if (status !== 0) throw new Error('core cannot be built: run `pnpm build`');
}
const spent = { nothing: [] as number[], core: [] as number[] };
for (let round = 0; round < rounds; round++) {
  spent.nothing.push(coldStart(''));
  spent.core.push(coldStart(`await import(${JSON.stringify(core)})`));
}
const extraMs = median(spent.core) - median(spent.nothing);
const isMet = extraMs <= goalMs;
console.log(`importing core takes ${extraMs.toFixed(1)} ms more than an empty script`);
console.log(`≤ ${goalMs} ms ${isMet ? 'met' : 'MISSED'}`);
process.exitCode = isMet ? 0 : 1;

function coldStart(script: string): number {
  const started = performance.now();
  const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  if (status !== 0) throw new Error(`a process ended with ${status}`);
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}
