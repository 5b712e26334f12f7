/**
 * Shares one result among the callers of one tick. A tick ends when the event loop takes up its next
 * event, so nothing that happened outside this process lies between two callers who share.
 */
export class Tick<T> {
  readonly #shared: Map<string, T> = new Map();

  /** Returns what an earlier caller of this tick made for `key`, or makes it. */
  share(key: string, make: () => T): T {
    const existing = this.#shared.get(key);
    if (existing !== undefined) return existing;
    if (this.#shared.size === 0) process.nextTick(() => this.#shared.clear());
    const made = make();
    this.#shared.set(key, made);
    return made;
  }

  /** Ends sharing early: something inside this process changed what callers would see. */
  clear(): void {
    this.#shared.clear();
  }
}
