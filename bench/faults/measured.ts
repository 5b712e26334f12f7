import type { BackendName } from './backends.ts';

/** What the process of one run is told. */
export interface RunRequest {
  readonly adapter: 'redis' | 'memcached';
  readonly usage: 'generic' | 'analytics';
  readonly settings: Readonly<Record<string, unknown>>;
  readonly operationTimeoutMs: number;
  readonly breakerTimeoutMs: number;
  readonly connectionTimeoutMs: number;
  readonly isFromStart: boolean;
  readonly slowProbeMs: number;
  readonly loaderMs: number;
  readonly ttlMs: number;
  readonly keys: readonly string[] | undefined;
  readonly unresolved: string | undefined;
  readonly secrets: readonly string[];
}

/** When the fault begins, when it has ended, and when to report. */
export type Mark = 'fault' | 'healed' | 'stop';
export type Phase = 'before' | 'fault' | 'after';

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What the process of one run saw. */
export interface Seen {
  readonly openMs: number;
  readonly calls: number;
  /** How long the loader took; a timer of 5 ms takes longer on a busy machine. */
  readonly loaderMs: Percentiles;
  /** Calls that began during the fault. */
  readonly faultMs: Percentiles;
  /** Calls that began at any time. */
  readonly longestMs: number;
  /** Without the loader's own time, of calls that began while the circuit was half-open. */
  readonly halfOpenMs: Percentiles & { readonly calls: number };
  readonly errors: number;
  readonly firstError: string | undefined;
  readonly unsettled: number;
  readonly callsInFault: number;
  readonly loadsInFault: number;
  /** Callers that got another key's value. */
  readonly wrongValues: number;
  /** Other keys' values that the adapter handed to core. */
  readonly wrongFromAdapter: number;
  /** From the end of the fault to the first hit. */
  readonly recoveryMs: number | undefined;
  readonly breakerOpened: boolean;
  readonly lines: readonly string[];
  readonly secretsSeen: readonly string[];
  /** The longest time without a turn of the event loop since the fault began. Not judged: a busy machine blocks too. */
  readonly blockedMs: number;
  /** The same in time that the thread was running, not waiting for a processor. */
  readonly busyMs: number;
  /** From `close()` on, what still keeps the process alive. */
  readonly leftOpen: readonly string[];
}

/** One run, as the parent saw it. */
export interface Measured {
  readonly backend: BackendName;
  readonly fault: string;
  readonly title: string;
  /** Why there was no run. */
  readonly notApplicable?: string;
  readonly seconds?: number;
  readonly seen?: Seen;
  readonly exit?: string;
  readonly uncaught?: number;
  readonly stderr?: string;
  /** From the fault's beginning until the connection was given up, where it must be. */
  readonly droppedAfterMs?: number | 'never';
  readonly canRecover?: boolean;
  readonly lostNeighbours?: readonly string[];
}
