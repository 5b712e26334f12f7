import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { DatabaseProcess } from './database.ts';

export interface WorkerBoot {
  readonly pid: number | undefined;
  /** Whether every cache entry of its templates is gone. */
  readonly confirmed: boolean | undefined;
}

const workerFile = fileURLToPath(new URL('worker.ts', import.meta.url));

/** Runs a worker process through its start, and passes its questions on to the database. */
export async function bootWorker(
  build: string,
  postgres: DatabaseProcess,
  log: (line: string) => void,
): Promise<WorkerBoot> {
  const child = fork(workerFile, [build], {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    timeout: 30_000,
  });
  postgres.serve(child);
  if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', log);
  let confirmed: boolean | undefined;
  child.on('message', (message: { booted?: { confirmed: boolean } }) => {
    confirmed ??= message.booted?.confirmed;
  });
  const [exitCode] = await once(child, 'close');
  if (exitCode !== 0) throw new Error(`The worker ended with exit code ${exitCode}`);
  return { pid: child.pid, confirmed };
}
