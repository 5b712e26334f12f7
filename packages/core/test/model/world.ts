import { AsyncLocalStorage } from 'node:async_hooks';
import { LEASE_MARKER } from '../../src/authors.ts';
import {
  type Cache,
  type CacheAdapter,
  CacheError,
  type Logger,
  openCache,
  type Region,
} from '../../src/index.ts';
import { ModelClock, type ModelTimer } from './clock.ts';
import { Connection, Network, type Owner } from './connection.ts';
import type { Beginning, Budget, Scope } from './scope.ts';
import { ModelStore } from './store.ts';

const acting = new AsyncLocalStorage<Owner>();
export const clock: ModelClock = new ModelClock(() => acting.getStore());

const cacheKey = 'a';
const otherKey = 'b';
const storeKey = 'tasker:template:a';
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Delays by which the explorer tells core's timers apart. */
export const delaysMs = { operation: 250, load: 30_000, retry: 1000, probe: 15_001 } as const;

export interface Actor extends Owner {
  readonly kind: 'reader' | 'writer' | 'foreign' | 'background';
  state: 'idle' | 'committed' | 'running' | 'done';
  /** A running reader's oldest acceptable version; the version that a running writer invalidates. */
  version: number;
}

/** One process with its own cache. */
export interface Machine {
  readonly process: number;
  readonly cache: Cache;
  readonly connection: Connection;
  readonly readerRegion: Region<number>;
  readonly writerRegion: Region<number>;
  /** Acts when timers of the cache fire. */
  readonly background: Actor;
  /** Reads of this process must not return anything older: an unconfirmed invalidation. */
  floor: number;
  /** Everything it was told, in order. */
  readonly history: string[];
}

/** One run: real caches over a model server and a model database, driven event by event. */
export class World {
  readonly scope: Scope;
  readonly network: Network = new Network(acting, (owner, text) => this.note(owner, text));
  readonly store: ModelStore;
  readonly budget: { -readonly [Name in keyof Budget]: Budget[Name] };
  readonly actors: Actor[] = [];
  readonly machines: Machine[] = [];
  /** The version that is committed in the database. */
  version = 1;
  /** No read that begins now may return anything older: a confirmed invalidation. */
  floor = 0;
  /** The events of the present tick when there are several, else empty. */
  tick = '';
  /** What happened, in words. */
  readonly words: string[] = [];
  violation: string | undefined;

  private constructor(scope: Scope) {
    this.scope = scope;
    this.store = new ModelStore(scope.backend.numbersItems === true);
    const { vanishes, drops, timeouts, failedLoads, restarts, closes, sharedTicks } = scope;
    this.budget = { vanishes, drops, timeouts, failedLoads, restarts, closes, sharedTicks };
  }

  static async open(scope: Scope, beginning: Beginning): Promise<World> {
    clock.reset();
    const world = new World(scope);
    if (beginning === 'warm') world.store.write(storeKey, '1');
    if (beginning === 'leased') world.store.write(storeKey, `${LEASE_MARKER}dead`);
    for (let process = 1; process <= scope.processes; process++) await world.#boot(process);
    world.#cast('R', 'reader', scope.readers, (turn) => scope.processes - (turn % scope.processes));
    world.#cast('W', 'writer', scope.writers, (turn) => 1 + (turn % scope.writingProcesses));
    world.#cast('F', 'foreign', scope.foreignWriters, () => 1);
    world.network.isParking = true;
    return world;
  }

  machine(process: number): Machine {
    const machine = this.machines[process - 1];
    if (machine === undefined) throw new Error(`there is no process ${process}`);
    return machine;
  }

  timers(process: number, delayMs: number): ModelTimer[] {
    return [...clock.timers].filter(
      (timer) =>
        timer.kind === 'timer' &&
        timer.delayMs === delayMs &&
        (timer.owner as Owner).process === process,
    );
  }

  beginRead(actor: Actor): void {
    const machine = this.machine(actor.process);
    actor.state = 'running';
    actor.version = Math.max(this.floor, machine.floor);
    const load = () => {
      if (this.scope.loadersInvalidate) void machine.readerRegion.delete(otherKey);
      return this.#readRow();
    };
    const read = () => machine.readerRegion.getOrLoad(cacheKey, load);
    acting.run(actor, read).then(
      (version) => this.#endRead(actor, version),
      (error) => {
        actor.state = 'done';
        const isLoadersOwn = error instanceof LoadFailure || error.code === 'CACHE_LOAD_TIMEOUT';
        if (!isLoadersOwn) this.violation ??= `${actor.name} was rejected: ${error.message}`;
      },
    );
  }

  commit(actor: Actor): void {
    this.version++;
    actor.state = 'committed';
  }

  invalidate(actor: Actor): void {
    const machine = this.machine(actor.process);
    actor.state = 'running';
    actor.version = this.version;
    const { writerRegion, background } = machine;
    const { invalidates } = this.scope;
    const remove = () =>
      invalidates === 'key' ? writerRegion.delete(cacheKey) : writerRegion.deletePrefix([]);
    acting.run(actor, remove).then(({ confirmed }) => {
      actor.state = 'done';
      const owner = confirmed ? this : machine;
      owner.floor = Math.max(owner.floor, actor.version);
      if (!confirmed) background.history.push(`${actor.name} unconfirmed`);
      this.words.push(`  ${actor.name}'s invalidation resolves: confirmed ${confirmed}`);
    });
  }

  /** A foreign client's plain DEL, sent and answered at once. */
  deleteAsForeigner(actor: Actor): void {
    this.store.remove(storeKey);
    this.floor = Math.max(this.floor, this.version);
    actor.state = 'done';
  }

  close({ background, cache }: Machine): void {
    acting.run(background, () => void cache.close());
  }

  fire(timer: ModelTimer, as: Owner): void {
    acting.run(as, () => clock.fire(timer));
  }

  /** An actor, and so its process, was told something. */
  note(owner: Owner, text: string): void {
    const told = this.tick === '' ? text : `${text} (${this.tick})`;
    const { cache, background, history } = this.machine(owner.process);
    owner.history.push(told);
    history.push(told);
    // Here a lease may be given up, which then waits among the undelivered invalidations.
    const mayAbandon = cache.status().breaker !== 'closed' || this.scope.backend.numbersItems;
    if (mayAbandon && owner !== background) background.history.push(told);
  }

  async #boot(process: number): Promise<void> {
    const { scope, network, store } = this;
    const connection = new Connection(process, network, scope.backend.isInProcess === true);
    const background = newActor(`P${process}`, 'background', process);
    const isThere = scope.server === 'there';
    const create = (): CacheAdapter => {
      const adapter = scope.backend.create(store, connection);
      if (isThere) return adapter;
      const away = new CacheError('CACHE_UNAVAILABLE', 'not yet there');
      return {
        ...adapter,
        ping: () => (network.isParking ? adapter.ping() : Promise.reject(away)),
      };
    };
    const config = {
      backend: 'model',
      operationTimeoutMs: delaysMs.operation,
      maxUndelivered: scope.maxUndelivered,
      circuitBreaker: {
        failureThreshold: scope.breakerThreshold,
        timeoutMs: delaysMs.probe - 1,
        successThreshold: 1,
      },
      // One look at the key again, then a reader loads for itself.
      loads: { loadTimeoutMs: delaysMs.load, leaseWaitMs: 1 },
    };
    const definition = { name: 'model', title: 'Model', create };
    const options = { adapters: [definition], logger: silent, required: isThere };
    const cache = await acting.run(background, () => openCache(config, options));
    const readerRegion = cache.region<number>(scope.usage);
    const writerRegion =
      scope.regionsPerProcess === 1 ? readerRegion : cache.region<number>(scope.usage);
    const parts = { process, cache, connection, readerRegion, writerRegion, background };
    this.machines.push({ ...parts, floor: 0, history: [] });
  }

  #cast(letter: string, kind: Actor['kind'], count: number, process: (turn: number) => number) {
    for (let turn = 0; turn < count; turn++) {
      this.actors.push(newActor(`${letter}${turn + 1}`, kind, process(turn)));
    }
  }

  async #readRow(): Promise<number> {
    if (this.scope.synchronousDatabase) return this.version;
    return this.network.send({
      name: 'ROW',
      apply: () => this.version,
      describe: (version) => `version ${version}`,
    });
  }

  #endRead(actor: Actor, version: number): void {
    actor.state = 'done';
    this.words.push(`  ${actor.name}'s read resolves to version ${version}`);
    if (version >= actor.version) return;
    this.violation ??=
      `${actor.name} got version ${version}, although version ${actor.version} was invalidated ` +
      'before its read began';
  }
}

export class LoadFailure extends Error {}

function newActor(name: string, kind: Actor['kind'], process: number): Actor {
  return { name, kind, process, operations: 0, state: 'idle', version: 0, history: [] };
}
