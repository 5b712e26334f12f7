import type { CacheAdapter } from './adapter.ts';
import { Breaker } from './breaker.ts';
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

export const unserved: Promise<Unserved> = Promise.resolve(UNSERVED);

/** For a `deletePrefix` that nobody waits for: a walk over some 75 million keys of a Redis. */
const walkTimeoutMs = 60_000;

type Methods = Required<Omit<CacheAdapter, 'name' | 'scope' | 'limits' | 'recycle'>>;
type Operation = keyof Methods;
type Arguments<O extends Operation> = Parameters<Methods[O]>;
type Answer<O extends Operation> = Awaited<ReturnType<Methods[O]>>;

/**
 * Deadline, breaker and best effort around one adapter. Nothing but `connect` rejects: a fault is
 * logged, counts against the breaker if it is an outage, and is answered with `UNSERVED`. So is a
 * method that the adapter does not have.
 */
export class Guard {
  readonly adapter: CacheAdapter;
  /** Absent where there is no network. */
  readonly breaker: Breaker | undefined;
  readonly faults: FaultLog;
  /** Run before the circuit closes: what the backend missed while it was away. */
  replay: Replay = async () => {};
  readonly #deadline: Deadline;
  /** For the first contact, and for `deletePrefix`, which walks over many keys. */
  readonly #longDeadline: Deadline;
  readonly #walkDeadline: Deadline;
  readonly #reads: Tick<Promise<string | undefined | Unserved>> = new Tick();
  readonly #writes: Set<Promise<unknown>> = new Set();
  /** Counts recycled connections, so that operations that time out together drop one only. */
  #connection = 0;
  /** What an earlier connection rejects was cut off on purpose: no outage. */
  #trustedSince = 0;
  #closed = false;

  constructor(adapter: CacheAdapter, settings: ResolvedSettings, logger: Logger) {
    this.adapter = adapter;
    this.#deadline = new Deadline(adapter.name, settings.operationTimeoutMs);
    this.#longDeadline = new Deadline(adapter.name, settings.connectionTimeoutMs);
    this.#walkDeadline = new Deadline(adapter.name, walkTimeoutMs);
    this.faults = new FaultLog(logger);
    if (adapter.scope === 'shared') {
      this.breaker = new Breaker(settings.circuitBreaker, logger, () => this.#probe());
    }
  }

  /** The first contact. Rejects when the backend does not answer in the connection's time. */
  connect(): Promise<void> {
    return this.#ask('ping', [], this.#longDeadline);
  }

  /** Identical reads of one tick share one command. */
  get(key: string): Promise<string | undefined | Unserved> {
    return this.#reads.share(key, () => this.run('get', key));
  }

  async getMany(keys: readonly string[]): Promise<readonly (string | undefined | Unserved)[]> {
    if (this.adapter.getMany === undefined) return Promise.all(keys.map((key) => this.get(key)));
    const values = await this.run('getMany', keys);
    return values === UNSERVED ? keys.map(() => UNSERVED) : values;
  }

  /** Replays now, unless the circuit is open. */
  async deliver(): Promise<void> {
    if (this.#isShut) return;
    const connection = this.#connection;
    try {
      await this.replay(this.#deliveryWithin(this.#walkDeadline));
    } catch (error) {
      this.#failed(error, 'delete', undefined, connection);
    }
  }

  /** Logs what is wrong with a key, a value or an entry. Never counts as an outage. */
  report(error: unknown, operation: string, key?: string): void {
    this.faults.report(toCacheError(error, this.adapter.name, operation), operation, key);
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
    this.breaker?.stop();
    await Promise.all(this.#writes);
    this.#deadline.close();
    this.#longDeadline.close();
    this.#walkDeadline.close();
    try {
      await this.#ask('close', []);
    } catch (error) {
      this.report(error, 'close');
    }
    this.#deadline.close();
    this.faults.close();
  }

  /** `run` for what changes entries: no read before it is shared with one after it. */
  async write<O extends Operation>(
    operation: O,
    ...asked: Arguments<O>
  ): Promise<Answer<O> | Unserved> {
    this.#reads.clear();
    const writing = this.run(operation, ...asked);
    this.#writes.add(writing);
    const done = await writing;
    this.#writes.delete(writing);
    this.#reads.clear();
    return done;
  }

  /** Asks the backend, unless the circuit is open. */
  run<O extends Operation>(operation: O, ...asked: Arguments<O>): Promise<Answer<O> | Unserved> {
    if (this.#isShut || this.adapter[operation] === undefined) return unserved;
    const connection = this.#connection;
    return new Promise((resolve) => {
      const succeed = (answer: Answer<O>) => {
        this.breaker?.success();
        resolve(answer);
      };
      const fail = (error: unknown) => {
        const { code } = this.#failed(error, operation, asked[0], connection);
        if (operation !== 'get' || !code.startsWith('CACHE_VALUE')) return resolve(UNSERVED);
        // What is stored is no value: a miss, as poison is, and the next load replaces it.
        void this.write('delete', asked[0] as string);
        resolve(undefined as Answer<O>);
      };
      this.#start(operation, asked, succeed, fail);
    });
  }

  get #isShut(): boolean {
    return this.#closed || this.breaker?.isOpen === true;
  }

  /** Asks whatever the circuit's state, and rejects as the adapter does. */
  #ask<O extends Operation>(
    operation: O,
    asked: Arguments<O>,
    deadline?: Deadline,
  ): Promise<Answer<O>> {
    return new Promise((resolve, reject) =>
      this.#start(operation, asked, resolve, reject, deadline),
    );
  }

  #deliveryWithin(deadline: Deadline): Delivery {
    return {
      delete: (key) => this.#ask('delete', [key]),
      deletePrefix:
        this.adapter.deletePrefix && ((prefix) => this.#ask('deletePrefix', [prefix], deadline)),
    };
  }

  /** A broken adapter may throw where it should reject, or return what is no promise. */
  #start<O extends Operation>(
    operation: O,
    asked: Arguments<O>,
    resolve: (answer: Answer<O>) => void,
    reject: (error: unknown) => void,
    deadline: Deadline = operation === 'deletePrefix' ? this.#longDeadline : this.#deadline,
  ): void {
    const method = this.adapter[operation] as (...asked: unknown[]) => Promise<Answer<O>>;
    let work: Promise<Answer<O>>;
    try {
      work = Promise.resolve(method.apply(this.adapter, asked));
    } catch (error) {
      work = Promise.reject(error);
    }
    deadline.watch(operation, work, resolve, reject);
  }

  #failed(thrown: unknown, operation: string, key: unknown, connection: number): CacheError {
    const error = toCacheError(thrown, this.adapter.name, operation);
    if (this.#closed) return error;
    this.report(error, operation, typeof key === 'string' ? key : undefined);
    if (error.code === 'CACHE_TIMEOUT' && connection === this.#connection) this.#recycle();
    const isOurDoing = error.code === 'CACHE_UNAVAILABLE' && connection < this.#trustedSince;
    if (isOutage(error) && !isOurDoing) this.breaker?.failure(error);
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
      await this.#ask('ping', []);
      await this.replay(this.#deliveryWithin(this.#longDeadline));
    } catch (thrown) {
      const error = this.#failed(thrown, 'ping', undefined, connection);
      if (isOutage(error)) throw error;
    }
  }
}
