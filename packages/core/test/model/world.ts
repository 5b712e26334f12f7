import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Cache,
  type CacheAdapter,
  CacheError,
  LEASE_MARKER,
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

export const cacheKey = 'a';
const storeKey = 'tasker:template:a';
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Delays by which the explorer tells core's timers apart. */
export const delaysMs = { operation: 250, load: 30_000, retry: 1000, probe: 15_001 } as const;

export interface Actor extends Owner {
  readonly kind: 'reader' | 'writer' | 'foreign' | 'background';
  state: 'idle' | 'committed' | 'running' | 'done';
  /** A running reader's oldest acceptable version; the version that a running writer invalidates. */
  version: number;
  /** What it was told since it began. */
  history: string[];
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
  readonly network: Network = new Network(acting);
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
    const { vanishes, drops, timeouts, failedLoads, restarts, sharedTicks } = scope;
    this.budget = { vanishes, drops, timeouts, failedLoads, restarts, sharedTicks };
  }

  static async open(scope: Scope, beginning: Beginning): Promise<World> {
    clock.reset();
    const world = new World(scope);
    if (beginning === 'warm') world.store.write(storeKey, '1');
    if (beginning === 'leased') world.store.write(storeKey, `${LEASE_MARKER}dead`);
    for (let process = 1; process <= scope.processes; process++) await world.#boot(process);
    world.#cast('R', 'reader', scope.readers);
    world.#cast('W', 'writer', scope.writers);
    world.#cast('F', 'foreign', scope.foreignWriters);
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
    const load = () => this.#readRow();
    acting
      .run(actor, () => machine.readerRegion.getOrLoad(cacheKey, load))
      .then(
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
    acting
      .run(actor, () => machine.writerRegion.delete(cacheKey))
      .then(({ confirmed }) => {
        actor.state = 'done';
        const owner = confirmed ? this : machine;
        owner.floor = Math.max(owner.floor, actor.version);
        if (!confirmed) machine.background.history.push(`${actor.name} unconfirmed`);
        this.words.push(`  ${actor.name}'s invalidation resolves: confirmed ${confirmed}`);
      });
  }

  /** A foreign client's plain DEL, sent and answered at once. */
  deleteAsForeigner(actor: Actor): void {
    this.store.remove(storeKey);
    this.floor = Math.max(this.floor, this.version);
    actor.state = 'done';
  }

  fire(timer: ModelTimer, as: Owner): void {
    acting.run(as, () => clock.fire(timer));
  }

  /** An actor, and so its process, was told something. */
  note(owner: Owner, text: string): void {
    const told = this.tick === '' ? text : `${text} (${this.tick})`;
    (owner as Actor).history.push(told);
    this.machine(owner.process).history.push(told);
  }

  async #boot(process: number): Promise<void> {
    const { scope, network, store } = this;
    const connection = new Connection(process, network);
    const background = newActor(`P${process}`, 'background', process);
    const create = (): CacheAdapter => {
      const adapter = scope.backend.create(store, connection);
      if (!scope.startsOpen) return adapter;
      const away = new CacheError('CACHE_UNAVAILABLE', 'not yet there');
      return {
        ...adapter,
        ping: () => (network.isParking ? adapter.ping() : Promise.reject(away)),
      };
    };
    const config = {
      backend: 'model',
      operationTimeoutMs: delaysMs.operation,
      circuitBreaker: {
        failureThreshold: scope.breakerThreshold,
        timeoutMs: delaysMs.probe - 1,
        successThreshold: 1,
      },
      // One look at the key again, then a reader loads for itself.
      loads: { loadTimeoutMs: delaysMs.load, leaseWaitMs: 1 },
    };
    const definition = { name: 'model', title: 'Model', create };
    const options = { adapters: [definition], logger: silent, required: !scope.startsOpen };
    const cache = await acting.run(background, () => openCache(config, options));
    const readerRegion = cache.region<number>(scope.usage);
    const writerRegion =
      scope.regionsPerProcess === 1 ? readerRegion : cache.region<number>(scope.usage);
    const parts = { process, cache, connection, readerRegion, writerRegion, background };
    this.machines.push({ ...parts, floor: 0, history: [] });
  }

  #cast(letter: string, kind: Actor['kind'], count: number): void {
    for (let index = 0; index < count; index++) {
      const process = (index % this.scope.processes) + 1;
      this.actors.push(newActor(`${letter}${index + 1}`, kind, process));
    }
  }

  #readRow(): Promise<number> {
    const row = this.network.send({
      name: 'ROW',
      apply: () => this.version,
      describe: (version) => `version ${version}`,
    });
    if (this.scope.synchronousDatabase) this.network.pending.at(-1)?.execute();
    return row;
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
