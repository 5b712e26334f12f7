import type { CacheAdapter, Lease } from './adapter.ts';
import { Breaker, type BreakerState } from './breaker.ts';
import { Deadline } from './deadline.ts';
import { type CacheError, isOutage, toCacheError } from './errors.ts';
import { FaultLog } from './faults.ts';
import type { Delivery, Replay } from './invalidations.ts';
import type { Logger } from './logger.ts';
import type { ResolvedSettings } from './settings.ts';
import { Tick } from './tick.ts';

/** The backend was not asked, or did not answer well: neither a hit nor a miss. */
export const UNSERVED: unique symbol = Symbol('unserved');
export type Unserved = typeof UNSERVED;

const unserved: Promise<Unserved> = Promise.resolve(UNSERVED);

/**
 * Deadline, breaker and best effort around one adapter. Nothing but `connect` rejects: a fault is
 * logged, counts against the breaker if it is an outage, and is answered with `UNSERVED` or `false`.
 */
export class Guard {
  readonly adapter: CacheAdapter;
  /** Run before the circuit closes: what the backend missed while it was away. */
  replay: Replay = async () => {};
  readonly #delivery: Delivery;
  readonly #deadline: Deadline;
  /** For the first contact, and for `deletePrefix`, which walks over many keys. */
  readonly #longDeadline: Deadline;
  readonly #breaker: Breaker | undefined;
  readonly #faults: FaultLog;
  readonly #reads: Tick<Promise<string | undefined | Unserved>> = new Tick();
  readonly #writes: Set<Promise<unknown>> = new Set();
  /** Counts recycled connections, so that operations that time out together drop one only. */
  #connection = 0;
  /** What an earlier connection rejects was cut off on purpose: no outage. */
  #trustedSince = 0;
  #closed = false;

  constructor(adapter: CacheAdapter, settings: ResolvedSettings, logger: Logger) {
    this.adapter = adapter;
    this.#delivery = this.#deliveryTo(adapter);
    this.#deadline = new Deadline(adapter.name, settings.operationTimeoutMs);
    this.#longDeadline = new Deadline(adapter.name, settings.connectionTimeoutMs);
    this.#faults = new FaultLog(logger);
    if (adapter.scope === 'shared') {
      this.#breaker = new Breaker(settings.circuitBreaker, logger, () => this.#probe());
    }
  }

  get breakerState(): BreakerState | 'none' {
    return this.#breaker?.state ?? 'none';
  }

  /** Faults since the start, each logged or counted in a summary. */
  get faultCount(): number {
    return this.#faults.count;
  }

  /** The first contact. Rejects when the backend does not answer in the connection's time. */
  async connect(): Promise<void> {
    try {
      await this.#longDeadline.run('ping', () => this.adapter.ping());
    } catch (error) {
      throw toCacheError(error, this.adapter.name, 'ping');
    }
  }

  /** Answers without the backend until a probe succeeds, and then calls `onReleased`. */
  hold(onReleased: () => void): void {
    this.#breaker?.hold(onReleased);
  }

  /** Identical reads of one tick share one command. */
  get(key: string): Promise<string | undefined | Unserved> {
    return this.#reads.share(key, () => this.#run('get', key, () => this.adapter.get(key)));
  }

  async getMany(keys: readonly string[]): Promise<readonly (string | undefined | Unserved)[]> {
    const { adapter } = this;
    if (adapter.getMany === undefined) return Promise.all(keys.map((key) => this.get(key)));
    const values = await this.#run('getMany', undefined, () => adapter.getMany?.(keys));
    return values === UNSERVED || values === undefined ? keys.map(() => UNSERVED) : values;
  }

  /** Resolves to whether the backend confirmed it; so do the other writes. */
  async set(key: string, value: string, ttlMs: number): Promise<boolean> {
    const work = () => this.adapter.set(key, value, ttlMs);
    return (await this.#write('set', key, work)) !== UNSERVED;
  }

  async delete(key: string): Promise<boolean> {
    return (await this.#write('delete', key, () => this.adapter.delete(key))) !== UNSERVED;
  }

  /** `false` also where the adapter cannot do it. */
  async deletePrefix(prefix: string): Promise<boolean> {
    const { adapter } = this;
    if (adapter.deletePrefix === undefined) return false;
    const work = () => adapter.deletePrefix?.(prefix);
    return (await this.#write('deletePrefix', prefix, work, this.#longDeadline)) !== UNSERVED;
  }

  /** `UNSERVED` also where the adapter has no leases. */
  async lease(key: string, token: string, leaseMs: number): Promise<Lease | Unserved> {
    const lease = await this.#run('lease', key, () => this.adapter.lease?.(key, token, leaseMs));
    return lease ?? UNSERVED;
  }

  /** Resolves to whether the lease was still there, and the value is stored. */
  async fill(
    key: string,
    token: string,
    value: string,
    ttlMs: number,
  ): Promise<boolean | Unserved> {
    const work = () => this.adapter.fill?.(key, token, value, ttlMs);
    return (await this.#write('fill', key, work)) ?? UNSERVED;
  }

  async ping(): Promise<boolean> {
    return (await this.#run('ping', undefined, () => this.adapter.ping())) !== UNSERVED;
  }

  /** Delivers now, unless the circuit is open; resolves to whether that succeeded. */
  async deliver(replay: Replay): Promise<boolean> {
    if (this.#isShut) return false;
    const connection = this.#connection;
    try {
      await replay(this.#delivery);
      return true;
    } catch (error) {
      this.#failed(error, 'delete', undefined, connection);
      return false;
    }
  }

  /** Logs what is wrong with a key, a value or an entry. Never counts as an outage. */
  report(error: unknown, operation: string, key?: string): void {
    this.#faults.report(toCacheError(error, this.adapter.name, operation), key);
  }

  /** Drops the connection: what it answers cannot be trusted any more. */
  distrust(): void {
    this.#recycle();
    this.#trustedSince = this.#connection;
  }

  /** Idempotent. Pending writes may finish, pending reads end as unserved; a fault of the adapter's is logged. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#breaker?.stop();
    await Promise.all(this.#writes);
    this.#deadline.close();
    this.#longDeadline.close();
    try {
      await this.#deadline.run('close', () => this.adapter.close());
    } catch (error) {
      this.report(error, 'close');
    }
    this.#deadline.close();
    this.#faults.close();
  }

  get #isShut(): boolean {
    return this.#closed || this.#breaker?.isOpen === true;
  }

  async #write<T>(
    operation: string,
    key: string,
    work: () => Promise<T> | undefined,
    deadline: Deadline = this.#deadline,
  ): Promise<T | undefined | Unserved> {
    this.#reads.clear();
    const writing = this.#run(operation, key, work, deadline);
    this.#writes.add(writing);
    const done = await writing;
    this.#writes.delete(writing);
    this.#reads.clear();
    return done;
  }

  #run<T>(
    operation: string,
    key: string | undefined,
    work: () => Promise<T> | undefined,
    deadline: Deadline = this.#deadline,
  ): Promise<T | undefined | Unserved> {
    if (this.#isShut) return unserved;
    const connection = this.#connection;
    return new Promise((resolve) => {
      const succeed = (result: T | undefined) => {
        this.#breaker?.success();
        resolve(result);
      };
      const fail = (error: unknown) => {
        this.#failed(error, operation, key, connection);
        resolve(UNSERVED);
      };
      deadline.watch(operation, work, succeed, fail);
    });
  }

  #failed(
    thrown: unknown,
    operation: string,
    key: string | undefined,
    connection: number,
  ): CacheError {
    const error = toCacheError(thrown, this.adapter.name, operation);
    if (this.#closed) return error;
    this.report(error, operation, key);
    if (error.code === 'CACHE_TIMEOUT' && connection === this.#connection) this.#recycle();
    const isOurDoing = error.code === 'CACHE_UNAVAILABLE' && connection < this.#trustedSince;
    if (isOutage(error) && !isOurDoing) this.#breaker?.failure(error);
    return error;
  }

  #recycle(): void {
    this.#connection++;
    try {
      this.adapter.recycle?.();
    } catch (error) {
      this.report(error, 'recycle');
    }
  }

  async #probe(): Promise<void> {
    const connection = this.#connection;
    try {
      await this.#deadline.run('ping', () => this.adapter.ping());
      await this.replay(this.#delivery);
    } catch (thrown) {
      const error = this.#failed(thrown, 'ping', undefined, connection);
      if (isOutage(error)) throw error;
    }
  }

  #deliveryTo(adapter: CacheAdapter): Delivery {
    const { deletePrefix } = adapter;
    return {
      delete: (key) => this.#deadline.run('delete', () => adapter.delete(key)),
      deletePrefix:
        deletePrefix &&
        ((prefix) =>
          this.#longDeadline.run('deletePrefix', () => deletePrefix.call(adapter, prefix))),
    };
  }
}
