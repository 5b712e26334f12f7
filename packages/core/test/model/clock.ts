import { syncBuiltinESMExports } from 'node:module';
import timersPromises from 'node:timers/promises';

/** A timer that core has set. It fires only when the explorer says so. */
export interface ModelTimer {
  readonly delayMs: number;
  /** Whoever was running when it was set. */
  readonly owner: unknown;
  /** `pause` is `setTimeout` of `node:timers/promises`. */
  readonly kind: 'timer' | 'pause';
  readonly callback: () => void;
}

/**
 * Time as the explored code sees it: it stands still until a timer fires. `process.nextTick` and
 * promises stay Node's own, because ticks are part of what is explored.
 */
export class ModelClock {
  readonly timers: Set<ModelTimer> = new Set();
  readonly #currentOwner: () => unknown;
  #nowMs = 0;

  constructor(currentOwner: () => unknown) {
    this.#currentOwner = currentOwner;
  }

  reset(): void {
    this.#nowMs = 0;
    this.timers.clear();
  }

  fire(timer: ModelTimer): void {
    this.timers.delete(timer);
    this.#nowMs += timer.delayMs;
    timer.callback();
  }

  /** Puts the model in the place of Node's timers; returns what puts them back. */
  install(): () => void {
    const { setTimeout, clearTimeout, setInterval, clearInterval, Date: RealDate } = globalThis;
    const { setTimeout: pause } = timersPromises;
    const clear = (timer: unknown) => void this.timers.delete(timer as ModelTimer);
    const add = (callback: () => void, delayMs = 0) => this.#add('timer', callback, delayMs);
    Object.assign(globalThis, { setTimeout: add, clearTimeout: clear, clearInterval: clear });
    // Core's only intervals are log summaries.
    Object.assign(globalThis, { setInterval: () => withReferences({}) });
    const now = Object.getOwnPropertyDescriptor(performance, 'now');
    Object.defineProperty(performance, 'now', { configurable: true, value: () => this.#now() });
    const { now: dateNow } = RealDate;
    RealDate.now = () => this.#now();
    Object.assign(timersPromises, {
      setTimeout: (delayMs: number) =>
        new Promise<void>((resolve) => this.#add('pause', resolve, delayMs)),
    });
    syncBuiltinESMExports();
    return () => {
      Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval });
      if (now === undefined) Reflect.deleteProperty(performance, 'now');
      else Object.defineProperty(performance, 'now', now);
      RealDate.now = dateNow;
      Object.assign(timersPromises, { setTimeout: pause });
      syncBuiltinESMExports();
    };
  }

  #add(kind: ModelTimer['kind'], callback: () => void, delayMs: number): ModelTimer {
    const owner = this.#currentOwner();
    const timer = withReferences({ kind, callback, delayMs, owner });
    this.timers.add(timer);
    return timer;
  }

  /** Never the same twice, as in life. */
  #now(): number {
    this.#nowMs += 1e-6;
    return this.#nowMs;
  }
}

function withReferences<T extends object>(timer: T): T & { ref(): T; unref(): T } {
  return Object.assign(timer, { ref: () => timer, unref: () => timer });
}
