import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs `work` while no other process holds the file's lock. The kernel frees it when this process dies. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  // flock(1) is part of every Debian system: util-linux is essential.
  const holder = spawn('flock', [file, 'sh', '-c', 'echo locked; cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const failed = once(holder, 'close').then(() => {
    throw new Error(`Could not lock ${file}: flock(1) ended`);
  });
  try {
    await Promise.race([once(holder.stdout, 'data'), failed]);
    failed.catch(() => {});
    return await work();
  } finally {
    holder.stdin.end();
  }
}
