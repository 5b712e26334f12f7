import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { FaultProxy } from '@tasker-cache/conformance';
import type { Backend } from './backends.ts';
import type { Fault } from './faults.ts';
import type { Mark, Measured, RunRequest, Seen } from './measured.ts';
import type { Scene } from './scene.ts';
import { credentialsIn } from './secrets.ts';

const healthyMs = 2000;
export const usualLoaderMs = 5;
export const breakerTimeoutMs = 1000;
/** The goal's bound on recovery, and a little time in which health can be seen to last. */
const recoveryMs: number = 1500 + breakerTimeoutMs + 1000;
/** From the order to report: calls that hang are waited for, connections are closed. */
const reportWithinMs = 15_000;

export interface RunOptions {
  readonly seconds: number;
  readonly operationTimeoutMs: number;
}

/** One run of one fault on one backend. */
export async function execute(
  backend: Backend,
  fault: Fault,
  options: RunOptions,
): Promise<Measured> {
  const run = { backend: backend.name, fault: fault.id, title: fault.title };
  const notApplicable = fault.without?.[backend.name];
  if (notApplicable !== undefined) return { ...run, notApplicable };
  const startedMs = performance.now();
  const scene = await fault.setUp(backend);
  try {
    const outcome = await play(scene, backend, fault, options);
    const lostNeighbours = await scene.lostNeighbours?.();
    const canRecover = scene.end !== undefined;
    return {
      ...run,
      ...outcome,
      ...(lostNeighbours && { lostNeighbours }),
      canRecover,
      seconds: (performance.now() - startedMs) / 1000,
    };
  } finally {
    await scene.stop();
  }
}

async function play(
  scene: Scene,
  backend: Backend,
  fault: Fault,
  { seconds, operationTimeoutMs }: RunOptions,
): Promise<Partial<Measured>> {
  const { isFromStart = false } = fault;
  if (isFromStart) await scene.begin();
  const request: RunRequest = {
    adapter: backend.adapter,
    usage: fault.usage ?? 'generic',
    settings: { url: scene.url, ...scene.settings },
    // The probe's own deadline must not cut it short.
    operationTimeoutMs: Math.max(operationTimeoutMs, (fault.slowProbeMs ?? 0) * 1.5),
    breakerTimeoutMs,
    connectionTimeoutMs: 1000,
    isFromStart,
    slowProbeMs: fault.slowProbeMs ?? 0,
    loaderMs: fault.loaderMs ?? usualLoaderMs,
    ttlMs: fault.ttlMs ?? 5000,
    keys: fault.keys,
    unresolved: scene.unresolved,
    secrets: [...credentialsIn(scene.url), ...(scene.secrets ?? [])],
  };
  const child = new RunProcess(request);
  try {
    await child.opened;
    if (!isFromStart) {
      await child.pause(healthyMs);
      child.mark('fault');
      await scene.begin();
    }
    const over = child.pause(seconds * 1000).then(() => true);
    const droppedAfterMs = scene.proxy && (await dropTime(scene.proxy, over));
    await over;
    await scene.end?.();
    child.mark('healed');
    await child.pause(recoveryMs + (fault.slowProbeMs ?? 0) * 2);
    return { ...(await child.report()), ...(droppedAfterMs !== undefined && { droppedAfterMs }) };
  } finally {
    await child.end();
  }
}

/** How long until the connection ends or another one is made; `never` if not before `over`. */
async function dropTime(proxy: FaultProxy, over: Promise<boolean>): Promise<number | 'never'> {
  const { accepted, connections } = proxy;
  const startedMs = performance.now();
  let isOver = false;
  void over.then(() => {
    isOver = true;
  });
  while (proxy.accepted === accepted && proxy.connections >= connections) {
    if (isOver) return 'never';
    await sleep(5);
  }
  return performance.now() - startedMs;
}

/** The child, which may end at any moment. */
class RunProcess {
  readonly opened: Promise<unknown>;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #seen: Seen | undefined;
  #stderr = '';

  constructor(request: RunRequest) {
    const file = fileURLToPath(new URL('run.ts', import.meta.url));
    this.#child = fork(file, [JSON.stringify(request)], {
      execArgv: ['--conditions=tasker-source'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#exited = once(this.#child, 'exit');
    this.opened = Promise.race([once(this.#child, 'message'), this.#exited]);
    this.#child.on('message', (message) => {
      if (typeof message === 'object') this.#seen = message as Seen;
    });
    this.#child.stderr?.on('data', (bytes) => {
      this.#stderr = (this.#stderr + bytes).slice(-4000);
    });
  }

  mark(mark: Mark): void {
    if (this.#child.connected) this.#child.send(mark, () => {});
  }

  /** Shorter when the process ends. */
  async pause(ms: number): Promise<void> {
    const timer = new AbortController();
    const slept = sleep(ms, undefined, { signal: timer.signal }).catch(() => {});
    await Promise.race([slept, this.#exited]);
    timer.abort();
  }

  async report(): Promise<Partial<Measured>> {
    this.mark('stop');
    await this.pause(reportWithinMs);
    const { exitCode, signalCode } = this.#child;
    const seen = this.#seen;
    return {
      ...(seen && { seen }),
      exit: exitCode === null ? (signalCode ?? 'stays alive') : String(exitCode),
      uncaught: /^(?:Uncaught|\S*Error\b|node:internal|.*triggerUncaught)/m.test(this.#stderr)
        ? 1
        : 0,
      stderr: this.#stderr,
    };
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await this.#exited;
  }
}
