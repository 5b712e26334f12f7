import type { Guard } from './guard.ts';
import { UndeliveredInvalidations } from './invalidations.ts';
import type { Logger } from './logger.ts';

/** While the circuit is closed; otherwise the breaker's probes replay before it closes. */
const retryMs = 1000;

/** The undelivered invalidations of all regions, delivered as soon as the backend allows. */
export class Outbox {
  readonly #guard: Guard;
  readonly #capacity: number;
  readonly #logger: Logger;
  readonly #byRoot: Map<string, UndeliveredInvalidations> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** `capacity` counts for each region. */
  constructor(guard: Guard, capacity: number, logger: Logger) {
    this.#guard = guard;
    this.#capacity = capacity;
    this.#logger = logger;
    guard.replay = async (delivery) => {
      for (const undelivered of this.#byRoot.values()) await undelivered.replay(delivery);
    };
  }

  /** How many invalidations wait. */
  get size(): number {
    let size = 0;
    for (const undelivered of this.#byRoot.values()) size += undelivered.size;
    return size;
  }

  /** The one log of the region whose keys start with `root`. */
  of(root: string, longestTtlMs: number): UndeliveredInvalidations {
    const undelivered =
      this.#byRoot.get(root) ?? new UndeliveredInvalidations(root, this.#capacity, this.#logger);
    undelivered.extendTtl(longestTtlMs);
    this.#byRoot.set(root, undelivered);
    return undelivered;
  }

  /** Called after an invalidation was put into a log. */
  retryLater(): void {
    this.#timer ??= setTimeout(async () => {
      await this.#guard.deliver();
      this.#timer = undefined;
      if (this.size > 0 && !this.#closed) this.retryLater();
    }, retryMs).unref();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }
}
