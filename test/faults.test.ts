import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const program = fileURLToPath(new URL('../bench/faults/main.ts', import.meta.url));
const goalIds = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', 'S'];

interface Outcome {
  readonly exit: number;
  readonly text: string;
}

function faults(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const command = ['--conditions=tasker-source', program, ...args];
    execFile(process.execPath, command, (error, stdout, stderr) => {
      resolve({ exit: error === null ? 0 : Number(error.code), text: stdout + stderr });
    });
  });
}

/** The goals that the last lines call missed. */
function missedIn({ text }: Outcome): string[] {
  return goalIds.filter((id) => text.includes(`Goal ${id}: missed`));
}

describe('pnpm faults', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tasker-cache-faults-test-'));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('a frozen server hurts nobody; without the deadline it does, and the command ends with 1', async () => {
    const file = join(folder, 'runs.json');
    const run = ['--only', 'redis', '--fault', 'c', '--seconds', '2'];
    const [guarded, unguarded] = await Promise.all([
      faults(...run, '--json', file),
      faults(...run, '--operation-timeout-ms', '60000'),
    ]);
    expect(guarded.text).toContain('| c frozen (SIGSTOP), thawed');
    // Goal 2 is about milliseconds, which a test on a busy machine cannot promise.
    expect(missedIn(guarded).filter((id) => id !== '2')).toEqual([]);
    expect(guarded.exit).toBe(missedIn(guarded).length === 0 ? 0 : 1);
    const [{ seen }] = JSON.parse(await readFile(file, 'utf8'));
    expect(seen).toMatchObject({ errors: 0, unsettled: 0, wrongValues: 0, secretsSeen: [] });
    expect(seen.calls).toBeGreaterThan(500);
    // Otherwise the calls of 2 s wait for the server, as they do below.
    expect(seen.faultMs.p50).toBeLessThan(100);

    expect(unguarded.exit).toBe(1);
    expect(unguarded.text).toMatch(/redis c .*\n +misses goal 2: p50 \d{3,4}\.\d ms/);
  }, 60_000);

  test('what has no meaning on a backend says why, and no run at all is no success', async () => {
    const { exit, text } = await faults('--only', 'memcached', '--fault', 'i1', '--seconds', '1');
    expect(text).toContain('n/a: memcached has no replicas');
    expect(exit).toBe(1);
  });

  test('an unknown fault is refused by name', async () => {
    const { exit, text } = await faults('--fault', 'zz');
    expect(exit).toBe(1);
    expect(text).toContain("--fault does not know 'zz'");
  });
});
