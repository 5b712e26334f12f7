import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether SIGSTOP has arrived at every thread: until then, one of them may still answer. */
export async function isStopped(pid: number): Promise<boolean> {
  const states = process.platform === 'linux' ? await threadStates(pid) : [await stateOf(pid)];
  return states.every((state) => state.startsWith('T'));
}

async function threadStates(pid: number): Promise<string[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const lines = threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8'));
  // The state follows the program's name, which is in brackets and may hold some.
  return (await Promise.all(lines)).map((line) => line.slice(line.lastIndexOf(')') + 2));
}

async function stateOf(pid: number): Promise<string> {
  return (await run('ps', ['-o', 'state=', '-p', `${pid}`])).stdout.trim();
}
