// pnpm soak [--minutes 0.5] [--only redis|valkey|dragonfly|memcached]: does anything pile up?
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type FaultProxy, startProxy } from '@tasker-cache/conformance';
import { type Backend, type BackendName, backends, startBackend, urlOf } from './backends.ts';
import type { SoakOrder, SoakRequest, SoakSeen } from './soak-measured.ts';

const mostGrowthBytes = 10_000_000;
const resetsPerMinute = 1000;
/** Each reset hits all of them, since an adapter alone waits up to 0.5 s between two attempts. */
const cachesToReset = 100;

interface Soak {
  readonly title: string;
  readonly caches: number;
  readonly callsPerSecond: number;
  readonly failureThreshold: number;
  /** Resolves to a line about what was done. */
  misbehave(proxy: FaultProxy): Promise<string>;
}

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '0.5' }, only: { type: 'string' } },
});
const minutes = Number(values.minutes);
if (!(minutes > 0 && minutes <= 1440)) throw new TypeError('--minutes is a number from 0 to 1440');
const only = (values.only?.split(',') ?? ['redis', 'memcached']) as BackendName[];

const soaks: readonly Soak[] = [
  { ...blackHole(), title: 'black hole, the circuit opens', failureThreshold: 5 },
  { ...blackHole(), title: 'black hole, every call meets it', failureThreshold: 1_000_000_000 },
  {
    title: 'connections reset',
    ...{ caches: cachesToReset, callsPerSecond: 1000, failureThreshold: 1_000_000_000 },
    misbehave: reset,
  },
];

for (const name of only) {
  const backend = backends[name];
  if (backend === undefined) throw new TypeError(`--only does not know '${name}'`);
  for (const soak of soaks) if (!(await run(backend, soak))) process.exitCode = 1;
}

function blackHole(): Omit<Soak, 'title' | 'failureThreshold'> {
  return {
    ...{ caches: 1, callsPerSecond: 1000 },
    async misbehave(proxy) {
      await proxy.blackHole();
      await sleep(minutes * 30_000);
      return `${(minutes * 30).toFixed(0)} s`;
    },
  };
}

/** As fast as the caches come back, which they must within the bound. */
async function reset(proxy: FaultProxy): Promise<string> {
  let resets = 0;
  while (resets < resetsPerMinute * minutes) {
    const giveUpAtMs = performance.now() + 10_000;
    while (proxy.connections < cachesToReset) {
      if (performance.now() > giveUpAtMs) return `only ${proxy.connections} caches came back`;
      await sleep(10);
    }
    resets += proxy.connections;
    await proxy.sever();
  }
  return `${resets} resets`;
}

async function run(backend: Backend, { title, misbehave, ...load }: Soak): Promise<boolean> {
  await using server = await startBackend(backend);
  await using proxy = await startProxy({ upstream: server });
  const request: SoakRequest = {
    ...load,
    adapter: backend.adapter,
    url: proxy.url(urlOf(server.url, backend.credentials)),
  };
  const child = fork(
    fileURLToPath(new URL('soak-run.ts', import.meta.url)),
    [JSON.stringify(request)],
    { execArgv: ['--conditions=tasker-source', '--expose-gc'] },
  );
  const exited = once(child, 'exit');
  const order = async (text: SoakOrder) => {
    child.send(text);
    return (await Promise.race([once(child, 'message'), exited]))[0];
  };
  await Promise.race([once(child, 'message'), exited]);
  // Code is compiled and buffers are grown by then.
  await sleep(Math.min(5000, minutes * 10_000));
  await order('baseline');
  const done = await misbehave(proxy);
  const seen = await order('report');
  const [exit] = await exited;
  if (typeof seen !== 'object' || exit !== 0) {
    console.log(`${backend.name}: ${title}: the process ended with ${exit}`);
    return false;
  }
  return judge(`${backend.name}: ${title}, ${done}`, seen as SoakSeen);
}

function judge(title: string, seen: SoakSeen): boolean {
  const { calls, errors, unsettled, mostPending, longestMs, growthBytes, leftOpen } = seen;
  const isMet =
    errors + unsettled + leftOpen.length === 0 &&
    growthBytes < mostGrowthBytes &&
    !title.includes('came back');
  const growth = `${(growthBytes / 1e6).toFixed(1)} MB more heap`;
  const pending = `at most ${mostPending} under way, ${unsettled} unsettled, ${errors} errors`;
  const left = leftOpen.length === 0 ? 'nothing left open' : `left open: ${leftOpen.join(', ')}`;
  const took = `the longest took ${longestMs.toFixed(0)} ms`;
  console.log(`${title}: ${calls} calls, ${took}, ${pending}; ${growth}; ${left}`);
  console.log(isMet ? '  met' : '  missed');
  return isMet;
}
