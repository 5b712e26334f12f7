import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultProxy, OwnServer } from '@tasker-cache/conformance';
import { nowUs } from './history.ts';
import type { Random } from './random.ts';

/** What faults happen to. */
export interface Stage {
  readonly server: OwnServer;
  readonly proxy: FaultProxy;
  /** Stops one of the readers in its tracks for a while. */
  pauseReader(forMs: number): Promise<void>;
}

export interface Fault {
  readonly name: string;
  readonly startUs: number;
  readonly endUs: number;
}

interface Kind {
  readonly name: string;
  readonly leastMs: number;
  readonly mostMs: number;
  begin(stage: Stage, forMs: number): Promise<void>;
  end?(stage: Stage): Promise<void>;
}

const leastCalmMs = 500;
const mostCalmMs = 1700;

/** Below the deadline of an operation nothing fails, and requests take effect late. */
const short = { leastMs: 40, mostMs: 220 };
const long = { leastMs: 300, mostMs: 1500 };
const freeze = {
  begin: ({ server }: Stage) => server.freeze(),
  end: ({ server }: Stage) => server.thaw(),
};

const kinds: readonly Kind[] = [
  {
    name: 'kill',
    ...long,
    begin: ({ server }) => server.kill(),
    end: ({ server }) => server.restart(),
  },
  // Dead and back before anyone has noticed more than a closed connection.
  { name: 'restart', leastMs: 0, mostMs: 1, begin: ({ server }) => server.restart() },
  { name: 'freeze, short', ...short, ...freeze },
  { name: 'freeze, long', ...long, ...freeze },
  { name: 'reset', leastMs: 0, mostMs: 1, begin: ({ proxy }) => proxy.sever() },
  onProxy('refuse', long, (proxy) => proxy.refuse()),
  onProxy('black hole, short', short, (proxy) => proxy.blackHole()),
  onProxy('black hole, long', long, (proxy) => proxy.blackHole()),
  onProxy('delay 60 ms', long, (proxy) => proxy.delay(60)),
  onProxy('delay 400 ms', long, (proxy) => proxy.delay(400)),
  onProxy('reset in mid-reply', long, (proxy) => proxy.severMidReply()),
  onProxy('half a frame, then FIN', long, (proxy) => proxy.halfFrame()),
  onProxy('FIN for an answer', long, (proxy) => proxy.finPending()),
  onProxy('reset every 9 replies', long, (proxy) => proxy.resetEvery(9)),
  onProxy('throttle', long, (proxy) => proxy.throttle(4000)),
  onProxy('garbage', long, (proxy) => proxy.garbage()),
  {
    name: 'pause a reader',
    leastMs: 100,
    mostMs: 2600,
    begin: ({ pauseReader }, forMs) => pauseReader(forMs),
  },
];

/** Injects faults one after the other, in an order and for times that `random` decides. */
export class FaultSchedule {
  readonly faults: Fault[] = [];
  readonly #stage: Stage;
  readonly #random: Random;
  #current = 'none';

  constructor(stage: Stage, random: Random) {
    this.#stage = stage;
    this.#random = random;
  }

  /** The fault that is under way, or `none`. */
  get current(): string {
    return this.#current;
  }

  /** Resolves once the time is over and everything is healed. Every kind comes before one repeats. */
  async run(seconds: number): Promise<void> {
    const endMs = performance.now() + seconds * 1000;
    let queue: Kind[] = [];
    while (performance.now() < endMs) {
      await sleep(this.#random.between(leastCalmMs, mostCalmMs));
      if (queue.length === 0) queue = this.#random.shuffled(kinds);
      await this.#inject(queue.pop() as Kind);
    }
  }

  async #inject(kind: Kind): Promise<void> {
    const forMs = Math.ceil(this.#random.between(kind.leastMs, kind.mostMs));
    const startUs = nowUs();
    this.#current = kind.name;
    await Promise.all([kind.begin(this.#stage, forMs), sleep(forMs)]);
    await kind.end?.(this.#stage);
    this.#current = 'none';
    this.faults.push({ name: kind.name, startUs, endUs: nowUs() });
  }
}

function onProxy(
  name: string,
  times: Pick<Kind, 'leastMs' | 'mostMs'>,
  begin: (proxy: FaultProxy) => Promise<void>,
): Kind {
  return {
    name,
    ...times,
    begin: ({ proxy }) => begin(proxy),
    end: ({ proxy }) => proxy.heal(),
  };
}
