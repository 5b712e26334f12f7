import { LRUCache } from 'lru-cache';

interface Counted<V> {
  readonly value: V;
  readonly hash: number;
}

/**
 * W-TinyLFU as Caffeine lays it out, without its adaptive window: a window of 1 % (LRU), a main part
 * of probation and protected (80 %), and a count-min sketch that decides which of the window's and
 * the main part's victims stays (Einziger, Friedman, Manes: "TinyLFU", ACM ToS 13(4), 2017).
 */
export class WTinyLfu<V> {
  readonly #sketch: Sketch;
  readonly #window: LRUCache<string, Counted<V>>;
  readonly #probation: LRUCache<string, Counted<V>>;
  readonly #protected: LRUCache<string, Counted<V>>;
  readonly #mainCapacity: number;

  constructor(capacity: number) {
    const windowCapacity = Math.ceil(capacity / 100);
    this.#mainCapacity = capacity - windowCapacity;
    this.#sketch = new Sketch(capacity);
    this.#window = new LRUCache({
      max: windowCapacity,
      dispose: (entry, key, reason) => reason === 'evict' && this.#leaveWindow(key, entry),
    });
    this.#probation = new LRUCache({ max: this.#mainCapacity });
    this.#protected = new LRUCache({
      max: Math.floor(this.#mainCapacity * 0.8),
      dispose: (entry, key, reason) => reason === 'evict' && this.#probation.set(key, entry),
    });
  }

  get(key: string): V | undefined {
    const entry = this.#protected.get(key) ?? this.#promote(key) ?? this.#window.get(key);
    // The hash of an entry is kept with it, so that a hit does not read the key's characters.
    this.#sketch.count(entry?.hash ?? hash(key));
    return entry?.value;
  }

  set(key: string, value: V): void {
    this.#window.set(key, { value, hash: hash(key) });
  }

  #promote(key: string): Counted<V> | undefined {
    const entry = this.#probation.peek(key);
    if (entry !== undefined) {
      this.#probation.delete(key);
      this.#protected.set(key, entry);
    }
    return entry;
  }

  #leaveWindow(key: string, candidate: Counted<V>): void {
    if (this.#probation.size + this.#protected.size >= this.#mainCapacity) {
      const victimKey = this.#probation.rkeys().next().value;
      const victim = victimKey === undefined ? undefined : this.#probation.peek(victimKey);
      if (victimKey === undefined || victim === undefined) return;
      if (this.#sketch.estimate(candidate.hash) <= this.#sketch.estimate(victim.hash)) return;
      this.#probation.delete(victimKey);
    }
    this.#probation.set(key, candidate);
  }
}

/** Four rows of counters up to 15, halved after ten times the capacity. */
class Sketch {
  readonly #counters: Uint8Array;
  readonly #words: Uint32Array;
  readonly #mask: number;
  readonly #sampleSize: number;
  #counted = 0;

  constructor(capacity: number) {
    const width = 2 ** Math.ceil(Math.log2(capacity)) * 4;
    this.#counters = new Uint8Array(width * 4);
    this.#words = new Uint32Array(this.#counters.buffer);
    this.#mask = width - 1;
    this.#sampleSize = capacity * 10;
  }

  count(hashed: number): void {
    for (let row = 0; row < 4; row++) {
      const index = this.#index(hashed, row);
      const counter = this.#counters[index] as number;
      if (counter < 15) this.#counters[index] = counter + 1;
    }
    if (++this.#counted === this.#sampleSize) this.#halve();
  }

  estimate(hashed: number): number {
    const counters = [0, 1, 2, 3].map((row) => this.#counters[this.#index(hashed, row)] as number);
    return Math.min(...counters);
  }

  #index(hashed: number, row: number): number {
    const spread = Math.imul(hashed + row, 0x9e3779b1 + 2 * row);
    return ((((spread ^ (spread >>> 15)) & this.#mask) << 2) | row) >>> 0;
  }

  #halve(): void {
    this.#counted = this.#sampleSize / 2;
    for (let index = 0; index < this.#words.length; index++) {
      this.#words[index] = ((this.#words[index] as number) >>> 1) & 0x07070707;
    }
  }
}

/** FNV-1a with a finish that mixes the high bits down. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}
