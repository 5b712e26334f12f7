import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with the servers that it really ran against, and `N passed, N failed`. */
export default class ClosingLines implements Reporter {
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'tasker-cache-run-'));

  onInit(): void {
    // `startServer` writes a line here for each server that served; workers inherit the variable.
    process.env.TASKER_CACHE_SERVER_LOG = join(this.#folder, 'servers');
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter((module) => !module.ok() && module.children.size === 0).length;
    const skipped = count('skipped');
    console.log('\nservers:');
    for (const line of this.#servers()) console.log(`  ${line}`);
    console.log(
      `${count('passed')} passed, ${count('failed') + broken + errors.length} failed` +
        (skipped > 0 ? `, ${skipped} skipped` : ''),
    );
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #servers(): readonly string[] {
    const path = join(this.#folder, 'servers');
    if (!existsSync(path)) return ['none'];
    return [...new Set(readFileSync(path, 'utf8').trim().split('\n'))].sort();
  }
}
