/** Keys remembered between ticks: a known key costs no allocation. */
const maxKnownKeys = 1024;

interface Slot<T> {
  shared: T | undefined;
}

const resolved = Promise.resolve();

/**
 * Shares one result among the callers of one tick, which ends with the microtasks that are queued at
 * its beginning. So nothing that happened outside this process lies between two callers who share.
 */
export class Tick<T> {
  readonly #slots: Map<string, Slot<T>> = new Map();
  readonly #used: Slot<T>[] = [];
  readonly #end = (): void => this.clear();
  #clears = 0;

  /**
   * Returns what an earlier caller of this tick made for `key`, or makes it. What is cleared while it
   * is made is shared with nobody.
   */
  share(key: string, make: () => T): T {
    const slot = this.#slot(key);
    if (slot.shared !== undefined) return slot.shared;
    const clears = this.#clears;
    const made = make();
    if (clears !== this.#clears) return made;
    // Of all ways to come back in time, the cheapest: `process.nextTick` costs 0.6 µs.
    if (this.#used.length === 0) void resolved.then(this.#end);
    this.#used.push(slot);
    slot.shared = made;
    return made;
  }

  /** Ends sharing early: something inside this process changed what callers would see. */
  clear(): void {
    this.#clears++;
    for (const slot of this.#used) slot.shared = undefined;
    this.#used.length = 0;
  }

  #slot(key: string): Slot<T> {
    const known = this.#slots.get(key);
    if (known !== undefined) return known;
    if (this.#slots.size === maxKnownKeys) this.#slots.clear();
    const slot: Slot<T> = { shared: undefined };
    this.#slots.set(key, slot);
    return slot;
  }
}
