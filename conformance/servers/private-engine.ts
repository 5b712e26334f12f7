/**
 * Runs a command next to a Docker engine of its own that holds every image Debian has the packages of:
 * `node --conditions=tasker-source conformance/servers/private-engine.ts -- <command> [arguments]`
 * Ends with the command's exit code. Needs root, dockerd and docker on PATH, and apt.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { importDebianImages } from './debian-images.ts';
import { startDockerEngine } from './docker-engine.ts';
import { serverTargets } from './index.ts';

const [program, ...args] = process.argv.slice(process.argv[2] === '--' ? 3 : 2);
if (program === undefined) throw new Error('Expected a command: private-engine.ts -- <command>');

const engine = await startDockerEngine();
try {
  const images = await importDebianImages(serverTargets, engine.environment);
  process.stderr.write(`A private Docker engine holds ${images.join(', ')}\n`);
  process.exitCode = await runCommand();
} finally {
  await engine.stop();
}

async function runCommand(): Promise<number> {
  const env = { ...process.env, ...engine.environment };
  const child = spawn(program as string, args, { stdio: 'inherit', env });
  // A terminal sends Ctrl-C to the child as well: wait for its end, then clean up.
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, forward);
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + constants.signals[signal as NodeJS.Signals];
}
