interface Entry {
  readonly text: string;
  readonly expiresAtMs: number;
}

/** Stands for the backend, and has no bound: replace it by your client. */
export class Store {
  readonly #entries = new Map<string, Entry>();

  get(key: string): string | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || performance.now() < entry.expiresAtMs) return entry?.text;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, text: string, ttlMs: number): void {
    this.#entries.set(key, { text, expiresAtMs: performance.now() + Math.ceil(ttlMs) });
  }

  /** Stores only if the key is absent; returns what was there. Redis: `SET … NX GET`. */
  add(key: string, text: string, ttlMs: number): string | undefined {
    const present = this.get(key);
    if (present === undefined) this.set(key, text, ttlMs);
    return present;
  }

  /** Stores only if the key holds `expected`. Redis: a script; memcached: `cas`. */
  replace(key: string, expected: string, text: string, ttlMs: number): boolean {
    const isExpected = this.get(key) === expected;
    if (isExpected) this.set(key, text, ttlMs);
    return isExpected;
  }

  delete(key: string): boolean {
    return this.get(key) !== undefined && this.#entries.delete(key);
  }

  deletePrefix(prefix: string): number {
    const keys = [...this.#entries.keys()].filter((key) => key.startsWith(prefix));
    return keys.filter((key) => this.delete(key)).length;
  }

  clear(): void {
    this.#entries.clear();
  }
}
