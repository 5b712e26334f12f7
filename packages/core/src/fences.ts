import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Flights, LoadSettings } from './flights.ts';
import { type Guard, UNSERVED, type Unserved } from './guard.ts';
import { Tick } from './tick.ts';

/** What a lease told a reader: load under a token, take the value, or go on alone. */
export type Fence =
  | { readonly state: 'granted'; readonly token: string }
  | { readonly state: 'held'; readonly token: string }
  | { readonly state: 'hit'; readonly value: string };

const firstPollMs = 2;
const slowestPollMs = 50;

/**
 * Leases in the key itself (Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, §3.2.1): who
 * misses puts a marker with a fresh token under the key, and only that token may replace it. A
 * delete by anyone removes the marker, so a value loaded before it is never stored after it.
 */
export class Fences {
  readonly #guard: Guard;
  readonly #flights: Flights;
  readonly #settings: LoadSettings;
  readonly #leases: Tick<Promise<Fence | Unserved>> = new Tick();

  constructor(guard: Guard, flights: Flights, settings: LoadSettings) {
    this.#guard = guard;
    this.#flights = flights;
    this.#settings = settings;
  }

  get available(): boolean {
    return this.#guard.adapter.lease !== undefined;
  }

  /** Takes the lease or learns who has it. The callers of one tick share it, and so its token. */
  acquire(key: string): Promise<Fence | Unserved> {
    return this.#leases.share(key, async () => {
      const token = randomBytes(12).toString('base64url');
      const lease = await this.#guard.run('lease', key, token, this.#settings.leaseMs);
      return lease !== UNSERVED && lease.state === 'granted' ? { state: 'granted', token } : lease;
    });
  }

  /**
   * Waits until the holder of `token` filled or lost the key, and resolves to what is there then.
   * Still `held` when the waiting time is over. All who wait for one token share the polls.
   */
  wait(key: string, token: string): Promise<Fence | Unserved> {
    const name = `wait ${token}`;
    return this.#flights.find(name) ?? this.#flights.start(name, () => this.#poll(key, token));
  }

  /** Ends sharing within this tick: the key was deleted here. */
  clear(): void {
    this.#leases.clear();
  }

  async #poll(key: string, token: string): Promise<Fence | Unserved> {
    const giveUpAtMs = performance.now() + this.#settings.leaseWaitMs;
    let pauseMs = firstPollMs;
    while (performance.now() < giveUpAtMs) {
      await sleep(pauseMs);
      pauseMs = Math.min(pauseMs * 2, slowestPollMs);
      const fence = await this.acquire(key);
      if (fence === UNSERVED || fence.state !== 'held' || fence.token !== token) return fence;
    }
    return { state: 'held', token };
  }
}
