import { execFile, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from './until.ts';

const run = promisify(execFile);

/** A Docker engine of this process alone. */
export interface DockerEngine extends AsyncDisposable {
  /** What testcontainers and the docker command need to find it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends its containers, the engine and everything it stored. Safe to repeat. */
  stop(): Promise<void>;
}

/**
 * Starts `dockerd` (which must be on PATH, and needs root) with storage of its own.
 * It publishes ports at 127.0.0.1 alone, and ends with this process.
 */
export async function startDockerEngine(): Promise<DockerEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'tasker-cache-engine-'));
  const host = `unix://${folder}/docker.sock`;
  const log = openSync(`${folder}/log`, 'a');
  const daemon = spawn(
    'dockerd',
    [
      ...['--host', host, '--ip', '127.0.0.1', '--pidfile', `${folder}/pid`],
      ...['--data-root', `${folder}/data`, '--exec-root', `${folder}/exec`],
    ],
    { detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  const gone = new Promise<void>((resolve) => {
    daemon.once('exit', resolve);
    daemon.once('error', resolve);
  });
  // The pipe breaks when this process dies, however it dies. SIGTERM lets dockerd end its containers.
  const script = 'read -r _; kill "$1"; while kill -0 "$1"; do sleep 0.1; done; rm -rf "$2"';
  const guard = spawn('sh', ['-c', script, 'guard', `${daemon.pid}`, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const stop = async () => {
    guard.kill('SIGKILL');
    daemon.kill('SIGTERM');
    await gone;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await until(
      () => run('docker', ['--host', host, 'version']),
      async () => {
        if (daemon.pid !== undefined && daemon.exitCode === null) return;
        const said = (await readFile(`${folder}/log`, 'utf8')).trim().slice(-800);
        throw new Error(`dockerd did not start (it needs root, and to be on PATH): ${said}`);
      },
    );
  } catch (error) {
    await stop();
    throw error;
  }
  const environment = {
    DOCKER_HOST: host,
    // Its cleaner is an image that may not be had; the engine ends its containers itself.
    TESTCONTAINERS_RYUK_DISABLED: 'true',
    TESTCONTAINERS_HOST_OVERRIDE: '127.0.0.1',
  };
  return { environment, stop, [Symbol.asyncDispose]: stop };
}
