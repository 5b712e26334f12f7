import type { CacheAdapter, CacheErrorCode } from '@tasker-cache/core/adapter';
import type { FaultProxy } from './proxy/proxy.ts';
import type { Random } from './random.ts';

/** The groups by the first part of a clause's id, in the order of reports. */
export const groups = {
  RW: 'read-write',
  EXPIRY: 'expiry',
  DELETE: 'delete',
  PREFIX: 'prefix',
  BATCH: 'batch',
  LIMITS: 'limits',
  KEYS: 'keys',
  LEASE: 'lease',
  CONCURRENCY: 'concurrency',
  LIFECYCLE: 'lifecycle',
  OUTAGE: 'outage',
  HOSTILE: 'hostile replies',
  POLICY: 'policy',
} as const;

export type Group = (typeof groups)[keyof typeof groups];
export type Level = 'MUST' | 'SHOULD';

/** The optional methods of the contract; `lease` stands for `fill` too. */
export type OptionalMethod = 'getMany' | 'deletePrefix' | 'lease' | 'recycle';

/**
 * What a clause cannot do without: an optional method, or
 * `storage`: an adapter that stores (its scope is not `none`);
 * `shared`: two instances on one store;
 * `proxy`: a connection to break, so a server;
 * `freeze`, `restart`: a server that the kit may stop;
 * `own store`: a store that holds nobody else's data.
 */
export type Need =
  | OptionalMethod
  | 'storage'
  | 'shared'
  | 'proxy'
  | 'freeze'
  | 'restart'
  | 'own store';

/** One promise of the contract, and how to find out whether an adapter keeps it. */
export interface Clause {
  /** `GROUP-NN`. Never changes its meaning, never is given to another clause. */
  readonly id: string;
  /** One sentence that starts with MUST or SHOULD. */
  readonly title: string;
  /** Why the clause exists, and which fault taught it. */
  readonly why: string;
  readonly needs?: readonly Need[];
  /** Spends its time waiting, so it starts before the others. */
  readonly waits?: true;
  /** Runs after all others, and next to none. */
  readonly alone?: true;
  /** Fails when the adapter breaks the promise, with an error that says what was seen. */
  run(context: ClauseContext): Promise<void>;
}

/** An adapter of which one optional method is known to be present. */
export type With<M extends OptionalMethod> = CacheAdapter &
  Required<Pick<CacheAdapter, M extends 'lease' ? 'lease' | 'fill' : M>>;

/** What the kit hands to a clause. Its functions need no `this`. */
export interface ClauseContext {
  /** An instance for this clause alone, made when it is first read; the kit closes it. */
  readonly adapter: CacheAdapter;
  /** Another instance, on the same store if the scope is `shared`; the kit closes it. Default: `url`. */
  create(url?: string): CacheAdapter;
  /** A second instance on the same store, made when it is first read; `adapter` where stores are not shared. */
  readonly peer: CacheAdapter;
  /** The instance, with the type of an adapter that has the method. Default: `adapter`. */
  having<M extends OptionalMethod>(method: M, instance?: CacheAdapter): With<M>;
  /** A key that no other clause or run uses. The same name gives the same key. */
  key(name?: string): string;
  /** What reading back gives: the value, or `absent` (a miss) when nothing is stored. */
  stored<T, A = undefined>(value: T, absent?: A): T | A;
  /** Different in each run, the same for the same seed. */
  readonly random: Random;
  /** Rejects unless the operation rejects with a `CacheError` of one of the codes. */
  refused(operation: () => Promise<unknown>, ...codes: readonly CacheErrorCode[]): Promise<Error>;
  /** Rejects when `promise` is pending for more than `boundMs`. */
  within<T>(boundMs: number, what: string, promise: Promise<T>): Promise<T>;
  /** Between the clause's own instances and the server. */
  readonly proxy: FaultProxy;
  /** The URL that the instances are created with. */
  readonly url: string;
  /** The server, where the kit may stop it. */
  readonly server: OwnedServer;
  /** Ends when all clauses have ended that neither wait nor run alone. */
  readonly others: Promise<unknown>;
  /** What went wrong outside of any promise, after the clause that caused it had ended. */
  lateFaults(): readonly Error[];
  /** Ends the clause as not applicable. */
  notApplicable(reason: string): never;
  /** Ends the clause as not run: it cannot be found out here. */
  notRun(reason: string): never;
}

/** A server that the kit started, or that its caller can stop. */
export interface OwnedServer {
  readonly url: string;
  /** Stops the process without closing its connections. */
  freeze?(): void | Promise<void>;
  thaw?(): void | Promise<void>;
  kill?(): void | Promise<void>;
  /** Starts it again on the same address, after `kill` too. */
  restart?(): void | Promise<void>;
}

export function groupOf(id: string): Group {
  const prefix = id.slice(0, id.lastIndexOf('-'));
  if (prefix in groups) return groups[prefix as keyof typeof groups];
  throw new TypeError(`'${id}' is in none of the groups ${Object.keys(groups).join(', ')}`);
}

export function levelOf(clause: Pick<Clause, 'title'>): Level {
  return clause.title.startsWith('SHOULD') ? 'SHOULD' : 'MUST';
}
