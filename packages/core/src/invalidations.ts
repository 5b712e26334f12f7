import type { Logger } from './logger.ts';

/** How an invalidation reaches the backend; rejects when it did not. */
export interface Delivery {
  delete(key: string): Promise<unknown>;
  /** Absent where the backend cannot. */
  readonly deletePrefix?: ((prefix: string) => Promise<unknown>) | undefined;
}

/** Delivers what could not be delivered before; rejects while the backend is away. */
export type Replay = (delivery: Delivery) => Promise<void>;

/** What waits, each with a fresh object, so a repeated invalidation is told from the first. */
type Waiting = Map<string, object>;

const parallelDeliveries = 64;

/**
 * The invalidations of one region that could not be delivered. What they cover reads as a miss here
 * until they were. Bounded: past `capacity` the whole region is covered, until its prefix was
 * deleted or, where the backend cannot do that, until everything written before has expired.
 */
export class UndeliveredInvalidations {
  readonly #root: string;
  readonly #capacity: number;
  readonly #logger: Logger;
  #longestTtlMs = 0;
  readonly #keys: Waiting = new Map();
  readonly #prefixes: Waiting = new Map();
  /** 0 while every invalidation is remembered singly. */
  #overflownUntilMs = 0;

  /** `root` is what every key of the region starts with. */
  constructor(root: string, capacity: number, logger: Logger) {
    this.#root = root;
    this.#capacity = capacity;
    this.#logger = logger;
  }

  /** How many invalidations wait; an overflow counts as one. */
  get size(): number {
    return this.#keys.size + this.#prefixes.size + Number(this.#overflownUntilMs > 0);
  }

  /** Entries of the region may live this long, too. */
  extendTtl(ttlMs: number): void {
    this.#longestTtlMs = Math.max(this.#longestTtlMs, ttlMs);
  }

  addKey(key: string): void {
    this.#add(this.#keys, key);
  }

  addPrefix(prefix: string): void {
    this.#add(this.#prefixes, prefix);
  }

  /** Whether an invalidation that waits concerns `key`. */
  covers(key: string): boolean {
    if (this.size === 0) return false;
    if (this.#overflownUntilMs > 0 || this.#keys.has(key)) return true;
    for (const prefix of this.#prefixes.keys()) if (key.startsWith(prefix)) return true;
    return false;
  }

  /** Delivers what waits; rejects with the first failure, and keeps what was not delivered. */
  async replay(delivery: Delivery): Promise<void> {
    const before = this.size;
    if (before === 0) return;
    await this.#replayOverflow(delivery);
    await replayAll(this.#keys, (key) => delivery.delete(key));
    await replayAll(this.#prefixes, async (prefix) => delivery.deletePrefix?.(prefix));
    const count = before - this.size;
    if (count > 0)
      this.#logger.info({ root: this.#root, count }, 'Undelivered invalidations replayed');
  }

  #add(waiting: Waiting, text: string): void {
    if (this.#overflownUntilMs > 0 || this.size >= this.#capacity) this.#overflow();
    else waiting.set(text, {});
  }

  #overflow(): void {
    if (this.#overflownUntilMs === 0) {
      const fields = { root: this.#root, capacity: this.#capacity };
      const message =
        'Too many undelivered invalidations: every key of this region reads as a miss';
      this.#logger.warn(fields, message);
      this.#keys.clear();
      this.#prefixes.clear();
    }
    this.#overflownUntilMs = performance.now() + this.#longestTtlMs;
  }

  async #replayOverflow({ deletePrefix }: Delivery): Promise<void> {
    const untilMs = this.#overflownUntilMs;
    if (untilMs === 0) return;
    if (deletePrefix !== undefined) await deletePrefix(this.#root);
    else if (performance.now() < untilMs) return;
    // An invalidation that came meanwhile moved the end, and waits for the next replay.
    if (this.#overflownUntilMs === untilMs) this.#overflownUntilMs = 0;
  }
}

async function replayAll(
  waiting: Waiting,
  deliver: (text: string) => Promise<unknown>,
): Promise<void> {
  const entries = [...waiting];
  for (let start = 0; start < entries.length; start += parallelDeliveries) {
    const batch = entries.slice(start, start + parallelDeliveries);
    await Promise.all(
      batch.map(async ([text, entry]) => {
        await deliver(text);
        if (waiting.get(text) === entry) waiting.delete(text);
      }),
    );
  }
}
