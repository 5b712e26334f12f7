/**
 * Shares one result among the callers of one tick. A tick ends when the event loop takes up its next
 * event, so nothing that happened outside this process lies between two callers who share.
 */
export class Tick<T> {
  readonly #shared: Map<string, T> = new Map();
  readonly #end = (): void => this.clear();
  #clears = 0;

  /**
   * Returns what an earlier caller of this tick made for `key`, or makes it. What is cleared while it
   * is made is shared with nobody.
   */
  share(key: string, make: () => T): T {
    const shared = this.#shared.get(key);
    if (shared !== undefined) return shared;
    const clears = this.#clears;
    const made = make();
    if (clears !== this.#clears) return made;
    if (this.#shared.size === 0) process.nextTick(this.#end);
    this.#shared.set(key, made);
    return made;
  }

  /** Ends sharing early: something inside this process changed what callers would see. */
  clear(): void {
    this.#clears++;
    this.#shared.clear();
  }
}
