import type { AsyncLocalStorage } from 'node:async_hooks';
import { CacheError } from '../../src/index.ts';

/** Somebody who acts: a reader, a writer, or a process's own timers. */
export interface Owner {
  readonly name: string;
  readonly process: number;
  operations: number;
  /** What it was told since it began. */
  readonly history: string[];
}

/**
 * A request under way. It takes effect (`execute`) and its answer arrives (`reply`) as two steps of
 * the explorer, so it may be executed late, or executed and never answered.
 */
export interface Operation {
  readonly id: string;
  readonly name: string;
  readonly owner: Owner;
  /** What its effect depends on, beside the state of the server. */
  readonly detail: string;
  readonly changesStore: boolean;
  /** What it came to, in words, once it has been executed. */
  outcome: string | undefined;
  /** Its client has given up: the connection it went over is gone. */
  isOrphan: boolean;
  execute(): void;
  reply(): void;
  reject(error: Error): void;
}

export interface Request<T> {
  readonly name: string;
  /** Executed and answered within the call, as by a store in the same process. */
  readonly isImmediate?: boolean;
  readonly detail?: string;
  /** A token that this request brings into the world. */
  readonly token?: string;
  readonly changesStore?: boolean;
  readonly apply: () => T;
  readonly describe: (result: T) => string;
}

/** The requests that one explored world has under way. */
export class Network {
  readonly pending: Operation[] = [];
  /** `false` while caches are opened: requests are answered at once. */
  isParking = false;
  readonly #tokens: Map<string, string> = new Map();
  readonly #acting: AsyncLocalStorage<Owner>;
  readonly #onAnswer: (owner: Owner, text: string) => void;

  constructor(acting: AsyncLocalStorage<Owner>, onAnswer: (owner: Owner, text: string) => void) {
    this.#acting = acting;
    this.#onAnswer = onAnswer;
  }

  send<T>(request: Request<T>): Promise<T> {
    const { name, token, detail = '', changesStore = false, apply, describe } = request;
    if (!this.isParking) return Promise.resolve(apply());
    const owner = this.#acting.getStore();
    if (owner === undefined) throw new Error(`${name} was sent by nobody`);
    const id = `${owner.name}.${++owner.operations}`;
    if (token !== undefined) this.#tokens.set(token, id);
    if (request.isImmediate) {
      const value = apply();
      this.#onAnswer(owner, `${id} ${this.named(describe(value))}`);
      return Promise.resolve(value);
    }
    return new Promise<T>((resolve, reject) => {
      let result: { readonly value: T } | undefined;
      const operation: Operation = {
        id,
        name,
        owner,
        detail: this.named(detail),
        changesStore,
        outcome: undefined,
        isOrphan: false,
        execute: () => {
          result = { value: apply() };
          operation.outcome = this.named(describe(result.value));
        },
        reply: () => {
          this.remove(operation);
          this.#onAnswer(owner, `${id} ${operation.outcome}`);
          if (result !== undefined) resolve(result.value);
        },
        reject,
      };
      this.pending.push(operation);
    });
  }

  /** Tokens are random; in a text each gets the name of the request that brought it. */
  named(text: string): string {
    return text.replace(/[\w-]{16}/g, (token) => this.#tokens.get(token) ?? token);
  }

  remove(operation: Operation): void {
    const index = this.pending.indexOf(operation);
    if (index >= 0) this.pending.splice(index, 1);
  }
}

/** One process's connection to the server. */
export class Connection {
  readonly process: number;
  /** Goes up with each reconnect. */
  number = 0;
  readonly #network: Network;
  readonly #isImmediate: boolean;

  constructor(process: number, network: Network, isImmediate: boolean) {
    this.process = process;
    this.#network = network;
    this.#isImmediate = isImmediate;
  }

  send<T>(request: Request<T>): Promise<T> {
    return this.#network.send({ ...request, isImmediate: this.#isImmediate });
  }

  get pending(): Operation[] {
    return this.#network.pending.filter(
      ({ owner, name, isOrphan }) => owner.process === this.process && name !== 'ROW' && !isOrphan,
    );
  }

  /** Every pending request rejects. What was sent but not executed may still be. */
  drop(): void {
    this.number++;
    for (const operation of this.pending) {
      if (operation.changesStore && operation.outcome === undefined) operation.isOrphan = true;
      else this.#network.remove(operation);
      operation.reject(new CacheError('CACHE_UNAVAILABLE', 'the connection was lost'));
    }
  }
}
