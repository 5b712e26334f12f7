import { bulkhead, TaskCancelledError, TimeoutStrategy, timeout, wrap } from 'cockatiel';
import { CacheError } from './errors.ts';
import { Tick } from './tick.ts';

/** Bounds for loaders: how long, how many, and how processes wait for each other. */
export interface LoadSettings {
  /** The deadline of one load. Default 30,000. */
  readonly loadTimeoutMs: number;
  /** Loads that run at once in this process; further ones queue. Default 64. */
  readonly maxConcurrentLoads: number;
  /** A load that takes longer is slow: with a grace, the last good value is served. Default 1,000. */
  readonly slowLoadMs: number;
  /**
   * The life of a lease: a load that takes longer is not stored, and after a crashed one nothing is
   * stored for this long. Default 30,000.
   */
  readonly leaseMs: number;
  /** How long a reader waits for another process's load before it loads for itself. Default 3,000. */
  readonly leaseWaitMs: number;
}

/** A loader gets a signal that aborts when its deadline has passed. */
export type Load<T> = (signal: AbortSignal) => T | PromiseLike<T>;

/**
 * Single-flight: runs loads, each under a name by which others may join it. At most
 * `maxConcurrentLoads` run at once, in the order in which they came.
 */
export class Flights {
  readonly #settings: LoadSettings;
  readonly #flying: Map<string, Promise<unknown>> = new Map();
  /** Flights without a lease, which only the reads of one tick may join. */
  readonly #ofTick: Tick<Promise<unknown>> = new Tick();
  readonly #bounded: <T>(load: Load<T>) => Promise<T>;

  constructor(settings: LoadSettings) {
    this.#settings = settings;
    const deadline = timeout(settings.loadTimeoutMs, {
      strategy: TimeoutStrategy.Aggressive,
      abortOnReturn: false,
    });
    // The outer one bounds the waiting, the inner one frees the place of a load that hangs.
    const places = bulkhead(settings.maxConcurrentLoads, Number.POSITIVE_INFINITY);
    const policy = wrap(deadline, places, deadline);
    this.#bounded = (load) => policy.execute(async ({ signal }) => load(signal));
  }

  /** The running flight of that name. The caller vouches for its type. */
  find<T>(name: string): Promise<T> | undefined {
    return this.#flying.get(name) as Promise<T> | undefined;
  }

  /** Runs `work` under `name` until it settles. It may call `load` for the bounded part. */
  start<T>(name: string, work: () => Promise<T>): Promise<T> {
    const flight = work().finally(() => this.#flying.delete(name));
    this.#flying.set(name, flight);
    return flight;
  }

  /** The flight of this tick under `name`, or `work` as such. The caller vouches for its type. */
  ofTick<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#ofTick.share(name, work) as Promise<T>;
  }

  /** Ends joining within this tick: something was deleted here. */
  clear(): void {
    this.#ofTick.clear();
  }

  /** Rejects as the loader does, or with `CACHE_LOAD_TIMEOUT`; waiting for a place counts. */
  async load<T>(load: Load<T>): Promise<T> {
    try {
      return await this.#bounded(load);
    } catch (error) {
      if (!(error instanceof TaskCancelledError)) throw error;
      const message = `The load did not finish within ${this.#settings.loadTimeoutMs} ms`;
      throw new CacheError('CACHE_LOAD_TIMEOUT', message, { operation: 'load' });
    }
  }
}
