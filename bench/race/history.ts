/**
 * What happened, as each process saw it. Times are microseconds of the system's monotonic clock,
 * which all processes of one machine share. A `startUs` is taken before the event can begin, an
 * `endUs` after it is over, so every claim about order errs towards leniency.
 */
export type Event =
  | ReadEvent
  | InvalidationEvent
  | {
      readonly kind: 'commit';
      readonly key: number;
      readonly version: number;
      readonly endUs: number;
    }
  /** The process did nothing at all meanwhile: a very long garbage collection, say. */
  | {
      readonly kind: 'pause';
      readonly process: string;
      readonly startUs: number;
      readonly endUs: number;
    };

export interface ReadEvent {
  readonly kind: 'read';
  readonly process: string;
  readonly key: number;
  readonly startUs: number;
  readonly endUs: number;
  /** `undefined`: the read was not answered, but failed. */
  readonly version?: number | undefined;
  /** `load`: this read asked the database itself. `cache`: it took a stored value or joined a load. */
  readonly source: 'cache' | 'load';
}

export interface InvalidationEvent {
  readonly kind: 'invalidation';
  readonly process: string;
  /** `undefined`: every key. */
  readonly key?: number | undefined;
  readonly startUs: number;
  readonly endUs: number;
  readonly confirmed: boolean;
  /** `replay`: a repetition of an unconfirmed one, known to be delivered by `endUs`. */
  readonly how: 'delete' | 'deletePrefix' | 'replay';
  /** The process reads the key as a miss until an unconfirmed one is delivered. */
  readonly coversOwnReads: boolean;
}

export function nowUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
