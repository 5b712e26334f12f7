import { LEASE_MARKER, type Lease } from '../../src/authors.ts';

interface Item {
  readonly text: string;
  /** memcached's version number of an item; starts again with the server. Else 0. */
  readonly cas: number;
}

/** The server: each method is one atomic step. */
export class ModelStore {
  readonly items: Map<string, Item> = new Map();
  readonly #numbersItems: boolean;
  #lastCas = 0;

  constructor(numbersItems: boolean) {
    this.#numbersItems = numbersItems;
  }

  /** A lease marker reads as itself, as over the wire. */
  read(key: string): Item | undefined {
    return this.items.get(key);
  }

  write(key: string, text: string): void {
    if (this.#numbersItems) this.#lastCas++;
    this.items.set(key, { text, cas: this.#lastCas });
  }

  remove(key: string): boolean {
    return this.items.delete(key);
  }

  /** memcached's `add`. */
  add(key: string, text: string): boolean {
    if (this.items.has(key)) return false;
    this.write(key, text);
    return true;
  }

  /** memcached's `cas`. */
  compareAndSwap(key: string, cas: number, text: string): boolean {
    if (this.items.get(key)?.cas !== cas) return false;
    this.write(key, text);
    return true;
  }

  /** Redis' `SET key marker NX GET`. */
  lease(key: string, token: string): Lease {
    const found = this.items.get(key);
    if (found !== undefined) return leaseFrom(found.text);
    this.write(key, LEASE_MARKER + token);
    return { state: 'granted' };
  }

  /** Redis' `SET key value IFEQ marker`. */
  fill(key: string, token: string, text: string): boolean {
    if (this.items.get(key)?.text !== LEASE_MARKER + token) return false;
    this.write(key, text);
    return true;
  }

  restart(): void {
    this.items.clear();
    this.#lastCas = 0;
  }

  /** What decides how the server goes on. */
  fingerprint(name: (text: string) => string): string {
    const items = [...this.items].map(([key, { text, cas }]) => `${key}=${name(text)}/${cas}`);
    return `${this.#lastCas} ${items.sort().join(' ')}`;
  }
}

/** What a key that is not absent says to somebody who wants the lease. */
export function leaseFrom(text: string): Lease {
  return text.startsWith(LEASE_MARKER)
    ? { state: 'held', token: text.slice(LEASE_MARKER.length) }
    : { state: 'hit', value: text };
}

/** What `get` makes of an item. */
export function valueFrom(item: Item | undefined): string | undefined {
  return item?.text.startsWith(LEASE_MARKER) ? undefined : item?.text;
}
