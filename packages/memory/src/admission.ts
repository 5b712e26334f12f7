import { LRUCache } from 'lru-cache';

/** What is kept under a key: a value, or the token of a lease. */
export interface Entry {
  readonly value: string | undefined;
  readonly token: string | undefined;
  /** On the clock of `performance.now()`. */
  readonly expiresAtMs: number;
}

/**
 * A bounded map that prefers keys which are asked for again over keys which are merely new.
 *
 * A new key enters a *window*, a tenth of the capacity, first in, first out. When its turn to leave
 * comes, it moves to the *main* part, which evicts the least recently used, if it was read in the
 * window or the main part has room. Otherwise it is evicted, and only its name is kept among the
 * *ghosts*, half as many as the capacity. A ghost that is set again goes to the main part at once.
 * So a scan passes through the window and leaves the main part alone.
 */
export class AdmissionMap {
  readonly #window: LRUCache<string, Windowed>;
  readonly #main: LRUCache<string, Entry>;
  readonly #ghosts: LRUCache<string, true>;
  readonly #mainCapacity: number;

  constructor(capacity: number) {
    const windowCapacity = Math.ceil(capacity / 10);
    this.#mainCapacity = capacity - windowCapacity;
    this.#window = new LRUCache({
      max: windowCapacity,
      dispose: (windowed, key, reason) => {
        if (reason === 'evict') this.#leaveWindow(key, windowed);
      },
    });
    // lru-cache has no capacity of 0.
    this.#main = new LRUCache({ max: Math.max(1, this.#mainCapacity) });
    this.#ghosts = new LRUCache({ max: Math.ceil(capacity / 2) });
  }

  /** Counts as a use of the key. Returns expired entries too. */
  get(key: string): Entry | undefined {
    const entry = this.#main.get(key);
    if (entry !== undefined) return entry;
    const windowed = this.#window.peek(key);
    if (windowed === undefined) return undefined;
    windowed.wasRead = true;
    return windowed.entry;
  }

  set(key: string, entry: Entry): void {
    if (this.#main.has(key) || this.#ghosts.delete(key)) this.#main.set(key, entry);
    else this.#window.set(key, { entry, wasRead: false });
  }

  delete(key: string): void {
    if (!this.#main.delete(key)) this.#window.delete(key);
  }

  keys(): string[] {
    return [...this.#main.keys(), ...this.#window.keys()];
  }

  clear(): void {
    this.#main.clear();
    this.#window.clear();
    this.#ghosts.clear();
  }

  #leaveWindow(key: string, { entry, wasRead }: Windowed): void {
    if (this.#mainCapacity === 0) return;
    const hasRoom = this.#main.size < this.#mainCapacity;
    // A load is running for a lease: evicting it would refuse the value that is on its way.
    const isLease = entry.token !== undefined;
    if (wasRead || hasRoom || isLease) this.#main.set(key, entry);
    else this.#ghosts.set(key, true);
  }
}

interface Windowed {
  readonly entry: Entry;
  wasRead: boolean;
}
