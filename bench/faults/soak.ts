import { setTimeout as sleep } from 'node:timers/promises';
import { startProxy } from '@tasker-cache/conformance';
import { type Backend, backends, startBackend, urlOf } from './backends.ts';
import { readSoakArguments, type SoakArguments, soakHelp } from './soak-arguments.ts';
import type { SoakSeen } from './soak-measured.ts';
import { SoakProcess } from './soak-process.ts';
import type { SoakStory } from './soak-stories.ts';

const callsPerSecond = 1000;
const mostGrowthBytes = 10_000_000;
const progressEveryMs = 10_000;

const options = readSoakArguments(process.argv.slice(2));
if (options === undefined) console.log(soakHelp);
else process.exitCode = (await main(options)) ? 0 : 1;

async function main(order: SoakArguments): Promise<boolean> {
  let isMet = true;
  for (const name of order.only) {
    for (const story of order.stories) {
      const what = `${name}: ${story.title}`;
      const missed = await run(backends[name], story, order).catch((error) => String(error));
      console.log(missed === undefined ? '  met' : `  missed: ${what}: ${missed}`);
      isMet &&= missed === undefined;
    }
  }
  return isMet;
}

/** Resolves to what was missed. */
async function run(
  backend: Backend,
  { title, caches, failureThreshold, misbehave }: SoakStory,
  order: SoakArguments,
): Promise<string | undefined> {
  await using server = await startBackend(backend);
  await using proxy = await startProxy({ upstream: server });
  const url = proxy.url(urlOf(server.url, backend.credentials));
  const { adapter, name } = backend;
  await using child = new SoakProcess({ adapter, url, caches, callsPerSecond, failureThreshold });
  await child.opened;
  let progress = 'warming up';
  const tell = () => console.error(`${name}: ${title}: ${progress}`);
  const telling = setInterval(tell, progressEveryMs);
  try {
    // Code is compiled and buffers are grown by then.
    await sleep(Math.min(5000, order.minutes * 10_000));
    await child.ask('baseline');
    const done = await misbehave({
      ...{ server, proxy, order },
      progress(text) {
        progress = text;
      },
      async recovered() {
        if ((await child.ask('recover')) !== 'recovered') throw new Error('not all came back');
      },
    });
    const seen = (await child.ask('report')) as SoakSeen;
    console.log(`${name}: ${title}, ${done}: ${described(seen)}`);
    const missed = judge(seen);
    const exit = await child.exit();
    return missed ?? (exit === 0 ? undefined : `the process ended with ${exit}`);
  } finally {
    clearInterval(telling);
  }
}

function described(seen: SoakSeen): string {
  const { calls, errors, unsettled, mostPending, longestMs, growthBytes, leftOpen } = seen;
  const growth = `${(growthBytes / 1e6).toFixed(1)} MB more heap`;
  const pending = `at most ${mostPending} under way, ${unsettled} unsettled, ${errors} errors`;
  const left = leftOpen.length === 0 ? 'nothing left open' : `left open: ${counted(leftOpen)}`;
  const took = `the longest took ${longestMs.toFixed(0)} ms`;
  return `${calls} calls, ${took}, ${pending}; ${growth}; ${left}`;
}

function judge(seen: SoakSeen): string | undefined {
  const { errors, unsettled, mostPending, growthBytes, leftOpen } = seen;
  if (errors > 0) return `${errors} calls rejected`;
  if (unsettled > 0) return `${unsettled} calls never settled`;
  if (mostPending > callsPerSecond) return `${mostPending} calls were under way at once`;
  if (growthBytes >= mostGrowthBytes) return `the heap grew by ${growthBytes} bytes`;
  if (leftOpen.length > 0) return `close() left ${counted(leftOpen)} open`;
  return undefined;
}

function counted(kinds: readonly string[]): string {
  const each = [...new Set(kinds)].map((kind) => [
    kind,
    kinds.filter((one) => one === kind).length,
  ]);
  return each.map(([kind, count]) => `${count} ${kind}`).join(', ');
}
