import type { Logger } from './logger.ts';

/** How an invalidation reaches the backend; rejects when it did not. */
export interface Delivery {
  delete(key: string): Promise<unknown>;
  /** Absent where the backend cannot. */
  readonly deletePrefix?: ((prefix: string) => Promise<unknown>) | undefined;
}

/** Delivers what could not be delivered before; rejects while the backend is away. */
export type Replay = (delivery: Delivery) => Promise<void>;

/** One undelivered invalidation; a fresh object each time, so a repeated one is told from the first. */
interface Entry {
  readonly kind: 'key' | 'prefix';
}

const parallelDeliveries = 64;

/**
 * The invalidations of one region that could not be delivered. What they cover reads as a miss here
 * until they were. Bounded: past `capacity` the whole region is covered, until its prefix was
 * deleted or, where the backend cannot do that, until everything written before has expired.
 */
export class UndeliveredInvalidations {
  readonly #root: string;
  readonly #capacity: number;
  #longestTtlMs: number;
  readonly #logger: Logger;
  readonly #entries: Map<string, Entry> = new Map();
  #prefixes = 0;
  #overflownUntilMs: number | undefined;

  /** `root` is what every key of the region starts with. */
  constructor(root: string, capacity: number, longestTtlMs: number, logger: Logger) {
    this.#root = root;
    this.#capacity = capacity;
    this.#longestTtlMs = longestTtlMs;
    this.#logger = logger;
  }

  /** How many invalidations wait; an overflow counts as one. */
  get size(): number {
    return this.#entries.size + (this.#overflownUntilMs === undefined ? 0 : 1);
  }

  /** Entries of the region may live this long, too. */
  extendTtl(ttlMs: number): void {
    this.#longestTtlMs = Math.max(this.#longestTtlMs, ttlMs);
  }

  addKey(key: string): void {
    this.#add(key, 'key');
  }

  addPrefix(prefix: string): void {
    this.#add(prefix, 'prefix');
  }

  /** Whether an invalidation that waits concerns `key`. */
  covers(key: string): boolean {
    if (this.size === 0) return false;
    if (this.#overflownUntilMs !== undefined || this.#entries.has(key)) return true;
    if (this.#prefixes === 0) return false;
    for (const [prefix, { kind }] of this.#entries) {
      if (kind === 'prefix' && key.startsWith(prefix)) return true;
    }
    return false;
  }

  /** Delivers what waits; rejects with the first failure, and keeps what was not delivered. */
  async replay(delivery: Delivery): Promise<void> {
    const before = this.size;
    if (before === 0) return;
    await this.#replayOverflow(delivery);
    const waiting = [...this.#entries];
    for (let start = 0; start < waiting.length; start += parallelDeliveries) {
      const batch = waiting.slice(start, start + parallelDeliveries);
      await Promise.all(batch.map(([text, entry]) => this.#deliver(delivery, text, entry)));
    }
    const count = before - this.size;
    if (count > 0)
      this.#logger.info({ root: this.#root, count }, 'Undelivered invalidations replayed');
  }

  #add(text: string, kind: Entry['kind']): void {
    if (this.#overflownUntilMs !== undefined || this.#entries.size >= this.#capacity) {
      this.#overflow();
      return;
    }
    this.#remove(text);
    this.#entries.set(text, { kind });
    if (kind === 'prefix') this.#prefixes++;
  }

  #overflow(): void {
    if (this.#overflownUntilMs === undefined) {
      const fields = { root: this.#root, capacity: this.#capacity };
      const message =
        'Too many undelivered invalidations: every key of this region reads as a miss';
      this.#logger.warn(fields, message);
      this.#entries.clear();
      this.#prefixes = 0;
    }
    this.#overflownUntilMs = performance.now() + this.#longestTtlMs;
  }

  async #replayOverflow({ deletePrefix }: Delivery): Promise<void> {
    const untilMs = this.#overflownUntilMs;
    if (untilMs === undefined) return;
    if (deletePrefix !== undefined) await deletePrefix(this.#root);
    else if (performance.now() < untilMs) return;
    // An invalidation that came meanwhile moved the end, and waits for the next replay.
    if (this.#overflownUntilMs === untilMs) this.#overflownUntilMs = undefined;
  }

  async #deliver(delivery: Delivery, text: string, entry: Entry): Promise<void> {
    if (entry.kind === 'key') await delivery.delete(text);
    else await delivery.deletePrefix?.(text);
    if (this.#entries.get(text) === entry) this.#remove(text);
  }

  #remove(text: string): void {
    if (this.#entries.get(text)?.kind === 'prefix') this.#prefixes--;
    this.#entries.delete(text);
  }
}
