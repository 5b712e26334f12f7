import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultProxy, OwnServer } from '@tasker-cache/conformance';
import type { SoakArguments } from './soak-arguments.ts';

/** What a story acts on. */
export interface SoakStage {
  readonly server: OwnServer;
  /** Between the caches and the server. */
  readonly proxy: FaultProxy;
  readonly order: Pick<SoakArguments, 'minutes' | 'resets' | 'kills'>;
  /** Resolves once the backend has answered each cache; rejects when that takes more than 10 s. */
  recovered(): Promise<void>;
  /** Tells how far it is. */
  progress(text: string): void;
}

export interface SoakStory {
  readonly id: string;
  readonly title: string;
  readonly caches: number;
  readonly failureThreshold: number;
  /** Resolves to what was done. */
  misbehave(stage: SoakStage): Promise<string>;
}

const never = 1_000_000_000;
/** Calls meet the absence of a killed server for so long. */
const absentMs = 200;

export const soakStories: readonly SoakStory[] = [
  {
    id: 'open',
    title: 'black hole, the circuit opens',
    ...{ caches: 1, failureThreshold: 5, misbehave: blackHole },
  },
  {
    id: 'deadline',
    title: 'black hole, every call meets it',
    ...{ caches: 1, failureThreshold: never, misbehave: blackHole },
  },
  {
    id: 'resets',
    title: 'connections reset',
    // Each reset hits all of them, since an adapter alone waits up to 0.5 s between two attempts.
    ...{ caches: 100, failureThreshold: never, misbehave: reset },
  },
  {
    id: 'kills',
    title: 'server killed and restarted',
    ...{ caches: 10, failureThreshold: 5, misbehave: kill },
  },
];

async function blackHole({ proxy, order, progress }: SoakStage): Promise<string> {
  const seconds = order.minutes * 30;
  await proxy.blackHole();
  for (let done = 0; done < seconds; done++) {
    progress(`${done} of ${seconds.toFixed(0)} s`);
    await sleep(Math.min(1, seconds - done) * 1000);
  }
  return `${seconds.toFixed(0)} s`;
}

/** As fast as the caches are served again. */
async function reset({ proxy, order, recovered, progress }: SoakStage): Promise<string> {
  let resets = 0;
  while (resets < order.resets) {
    progress(`${resets} of ${order.resets}`);
    resets += proxy.connections;
    await proxy.sever();
    await recovered();
  }
  return `${resets} connections, each came back`;
}

async function kill({ server, order, recovered, progress }: SoakStage): Promise<string> {
  for (let kills = 0; kills < order.kills; kills++) {
    progress(`${kills} of ${order.kills}`);
    await server.kill();
    await sleep(absentMs);
    await server.restart();
    await recovered();
  }
  return `${order.kills} times, each cache came back`;
}
