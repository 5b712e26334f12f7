import { setTimeout as sleep } from 'node:timers/promises';
import type { Cache, Region } from '@tasker-cache/core';
import type { Phase, RunRequest } from './measured.ts';
import { type Entry, entryOf } from './values.ts';

const callsPerBatch = 10;
const batchEveryMs = 100;
const usualKeys = Array.from({ length: 50 }, (_, index) => `key-${index}`);
/** Longer than any wait that core knows: what has not settled then never will. */
const patienceMs = 5000;

export interface Call {
  readonly phase: Phase;
  readonly isHalfOpen: boolean;
  latencyMs: number | undefined;
  /** How long this call's own loader ran; 0 when it did not. */
  loaderMs: number;
  error: string | undefined;
  isWrong: boolean;
}

/** 100 get-or-loads per second, in batches. The first key is in each batch, the others in turn. */
export class LoadGenerator {
  readonly calls: Call[] = [];
  phase: Phase;
  readonly #cache: Cache;
  readonly #region: Region<Entry>;
  readonly #loaderMs: number;
  readonly #keys: readonly string[];
  readonly #pending: Set<Promise<void>> = new Set();
  readonly #timer: NodeJS.Timeout;
  #next = 0;

  constructor(
    cache: Cache,
    region: Region<Entry>,
    phase: Phase,
    { loaderMs, keys = usualKeys }: Pick<RunRequest, 'loaderMs' | 'keys'>,
  ) {
    this.#loaderMs = loaderMs;
    this.#keys = keys;
    this.#cache = cache;
    this.#region = region;
    this.phase = phase;
    this.#timer = setInterval(() => this.#batch(), batchEveryMs);
  }

  /** Resolves to how many calls never settled. */
  async stop(): Promise<number> {
    clearInterval(this.#timer);
    const patience = new AbortController();
    await Promise.race([
      Promise.all(this.#pending),
      sleep(patienceMs, undefined, { signal: patience.signal }).catch(() => {}),
    ]);
    patience.abort();
    return this.#pending.size;
  }

  #batch(): void {
    this.#start(0);
    for (let call = 1; call < callsPerBatch; call++) {
      this.#next = (this.#next % (this.#keys.length - 1)) + 1;
      this.#start(this.#next);
    }
  }

  #start(index: number): void {
    const call = this.#call(this.#keys[index] as string);
    this.#pending.add(call);
    void call.then(() => this.#pending.delete(call));
  }

  async #call(key: string): Promise<void> {
    const isHalfOpen = this.#cache.status().breaker === 'half-open';
    const call: Call = {
      phase: this.phase,
      isHalfOpen,
      latencyMs: undefined,
      loaderMs: 0,
      error: undefined,
      isWrong: false,
    };
    this.calls.push(call);
    const startedMs = performance.now();
    try {
      const entry = await this.#region.getOrLoad(key, async () => {
        const loadedFromMs = performance.now();
        await sleep(this.#loaderMs);
        call.loaderMs = performance.now() - loadedFromMs;
        return entryOf(key);
      });
      // Typed as a value, since the loader always returns one.
      if (entry === undefined) throw new Error('got undefined, which no loader returned');
      call.isWrong = entry.key !== key;
    } catch (error) {
      call.error = String(error);
    }
    call.latencyMs = performance.now() - startedMs;
  }
}
