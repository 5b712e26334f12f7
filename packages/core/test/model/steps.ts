import type { Operation } from './connection.ts';
import { type Actor, clock, delaysMs, LoadFailure, type Machine, type World } from './world.ts';

/** One event that may come next. */
export interface Step {
  /** The same in every run that had the same events before. */
  readonly id: string;
  /** The process whose code runs; `undefined` if none does. */
  readonly process?: number;
  /** Always the first of its tick. */
  readonly isTimer?: boolean;
  /** The environment's choice: a schedule may end without it. */
  readonly isOptional?: boolean;
  /** Returns what happened when the id does not say it all. */
  run(): string | undefined;
}

/** What may come next, given that some actors begin in the present tick. */
export function stepsOf(world: World, beginning: ReadonlySet<string> = new Set()): Step[] {
  return [
    ...world.network.pending.flatMap((operation) => operationSteps(world, operation)),
    ...pauseSteps(world),
    ...world.machines.flatMap((machine) => machineSteps(world, machine)),
    ...serverSteps(world),
    ...world.actors.flatMap((actor) => actorSteps(world, actor, beginning)),
  ];
}

function actorSteps(world: World, actor: Actor, beginning: ReadonlySet<string>): Step[] {
  const { name, kind, process, state } = actor;
  if (state === 'committed') {
    const invalidate = () => world.invalidate(actor);
    return kind === 'writer'
      ? [{ id: `${name} invalidates`, process, run: () => void invalidate() }]
      : [{ id: `${name} sends DEL`, run: () => void world.deleteAsForeigner(actor) }];
  }
  if (state !== 'idle' || !isNext(world, actor, beginning)) return [];
  const commit = () => {
    world.commit(actor);
    return `${name} commits version ${world.version}`;
  };
  if (kind === 'reader') {
    return [{ id: `${name} begins to read`, process, run: () => void world.beginRead(actor) }];
  }
  if (kind === 'foreign' || !world.scope.synchronousDatabase) {
    return [{ id: `${name} commits`, run: commit }];
  }
  const commitAndInvalidate = () => {
    const words = commit();
    world.invalidate(actor);
    return `${words} and invalidates`;
  };
  return [{ id: `${name} commits and invalidates`, process, run: commitAndInvalidate }];
}

/** Actors of one kind in one process are alike, so they begin in order. */
function isNext(world: World, actor: Actor, beginning: ReadonlySet<string>): boolean {
  const before = world.actors.filter(
    ({ kind, process }) => kind === actor.kind && process === actor.process,
  );
  const earlier = before.slice(0, before.indexOf(actor));
  return earlier.every(({ name, state }) => state !== 'idle' || beginning.has(name));
}

function operationSteps(world: World, operation: Operation): Step[] {
  const { id, name, owner, outcome, isOrphan } = operation;
  const title = `${owner.name}'s ${name}`;
  const failures = name === 'ROW' && world.budget.failedLoads > 0;
  const failed = failures ? failedLoadSteps(world, operation) : [];
  if (outcome !== undefined) {
    const run = () => {
      operation.reply();
      return `${title} is answered: ${operation.outcome}`;
    };
    return [...failed, { id: `${id} is answered`, process: owner.process, run }];
  }
  if (isOrphan) {
    const run = () => {
      operation.execute();
      world.network.remove(operation);
      return `${title} is executed late, after its connection was lost: ${operation.outcome}`;
    };
    return [{ id: `${id} is executed late`, isOptional: true, run }];
  }
  const run = () => {
    operation.execute();
    const isAnswered = isAnsweredAtOnce(world, operation);
    if (isAnswered) operation.reply();
    return `${title} is executed${isAnswered ? ' and answered' : ''}: ${operation.outcome}`;
  };
  return [...failed, { id: `${id} is executed`, run }];
}

/**
 * Answers whose delay cannot matter come with the execution. Losing them instead is the same as
 * losing the request and executing it late.
 * - A GET's answer ends the read, or sends the next request, which may be late itself. So does
 *   another request's answer that is a value.
 * - A DEL's answer confirms; to confirm later would only ask less of reads.
 * - Nobody waits for a fill, or for the release of a lease, whose read is over.
 */
function isAnsweredAtOnce({ scope }: World, { name, owner, outcome }: Operation): boolean {
  if (!scope.reduces || scope.sharedTicks > 0) return false;
  const { kind, state } = owner as Actor;
  if (kind === 'background') return false;
  return name === 'GET' || kind === 'writer' || state === 'done' || /^\d/.test(outcome ?? '');
}

function failedLoadSteps(world: World, operation: Operation): Step[] {
  const { id, owner, isOrphan } = operation;
  if (isOrphan) return [];
  const { process } = owner;
  const fail = () => {
    world.budget.failedLoads--;
    world.network.remove(operation);
    world.note(owner, `${id} fails`);
  };
  const reject = () => {
    fail();
    operation.reject(new LoadFailure());
    return `the database refuses ${owner.name}'s load`;
  };
  const expire = () => {
    const timer = world.timers(process, delaysMs.load).find((each) => each.owner === owner);
    if (timer === undefined) throw new Error(`${owner.name}'s load has no deadline`);
    fail();
    world.fire(timer, owner);
    return `${owner.name}'s load passes its deadline`;
  };
  return [
    { id: `${id} fails`, process, run: reject },
    { id: `${id} passes its deadline`, process, isTimer: true, run: expire },
  ];
}

function pauseSteps(world: World): Step[] {
  const pauses = [...clock.timers].filter(({ kind }) => kind === 'pause');
  return pauses.map((timer) => {
    const owner = timer.owner as Actor;
    const run = () => {
      world.note(owner, 'pause over');
      world.fire(timer, owner);
      return `${owner.name} looks again after a pause`;
    };
    return { id: `${owner.name} pauses`, process: owner.process, isTimer: true, run };
  });
}

function machineSteps(world: World, machine: Machine): Step[] {
  const { process, connection, background, cache } = machine;
  const steps: Step[] = [];
  const timer = (delayMs: number, id: string, spend: () => void, isOptional: boolean) => {
    const [set] = world.timers(process, delayMs);
    if (set === undefined) return;
    const run = () => {
      spend();
      world.note(background, id);
      world.fire(set, background);
      return undefined;
    };
    steps.push({ id, process, isTimer: true, isOptional, run });
  };
  const { breaker, undeliveredInvalidations } = cache.status();
  // While the circuit is open, a retry only sets its timer again.
  if (breaker === 'closed' || undeliveredInvalidations === 0) {
    timer(delaysMs.retry, `P${process} delivers its invalidations again`, () => {}, false);
  }
  if (world.scope.server !== 'stays away') {
    timer(delaysMs.probe, `P${process} probes the server`, () => {}, false);
  }
  const { budget } = world;
  if (budget.closes > 0) {
    const run = () => {
      budget.closes--;
      world.note(background, 'closes');
      world.close(machine);
      return undefined;
    };
    steps.push({ id: `P${process} closes its cache`, process, isOptional: true, run });
  }
  if (connection.pending.length === 0) return steps;
  if (budget.timeouts > 0) {
    const spend = () => {
      budget.timeouts--;
      noteLost(world, machine);
    };
    timer(delaysMs.operation, `P${process}'s requests pass their deadline`, spend, true);
  }
  if (budget.drops > 0) {
    const run = () => {
      budget.drops--;
      noteLost(world, machine);
      connection.drop();
      return undefined;
    };
    steps.push({ id: `P${process}'s connection is lost`, process, isOptional: true, run });
  }
  return steps;
}

function noteLost(world: World, { connection, process, background }: Machine): void {
  world.note(background, `lost: ${connection.pending.map(({ id }) => id).join(' ')}`);
  for (const { owner, id } of connection.pending) world.note(owner, `${id} lost`);
  // CAS ids belong to a connection, so its end concerns whoever holds one.
  if (world.scope.backend.numbersItems !== true) return;
  const running = world.actors.filter((actor) => actor.process === process);
  for (const actor of running) if (actor.state === 'running') world.note(actor, 'reconnected');
}

function serverSteps(world: World): Step[] {
  const { budget, store, network, machines } = world;
  const steps: Step[] = [];
  if (budget.vanishes > 0) {
    for (const [key, { text }] of store.items) {
      const run = () => {
        budget.vanishes--;
        store.remove(key);
        return `${key} (${network.named(text)}) vanishes: evicted, expired or deleted by others`;
      };
      steps.push({ id: `${key} vanishes`, isOptional: true, run });
    }
  }
  if (budget.restarts > 0) {
    const run = () => {
      budget.restarts--;
      store.restart();
      for (const machine of machines) {
        noteLost(world, machine);
        machine.connection.drop();
      }
      for (const operation of [...network.pending]) {
        if (operation.isOrphan) network.remove(operation);
      }
      return undefined;
    };
    steps.push({ id: 'the server starts again, empty', isOptional: true, run });
  }
  return steps;
}
