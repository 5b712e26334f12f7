import { Connection } from './connection.ts';
import { closed, type Failure } from './errors.ts';
import { defaultItemBytes, itemBytesIn, largestValueBytes } from './item-size.ts';
import type { Settings } from './options.ts';
import { placeKeys } from './placement.ts';
import { type Memjs, opcodes } from './protocol.ts';

/** The configured servers, each with at most one connection, opened when it is first needed. */
export class Servers {
  readonly #settings: Settings;
  readonly #connections: (Connection | undefined)[];
  /** What the servers say about `-I`, by server. */
  readonly #itemBytes = new Map<string, number>();
  readonly #withoutLogin = new Set<string>();
  #memjs: Memjs | undefined;
  #place: (key: string) => number = () => 0;
  #isClosed = false;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#connections = settings.endpoints.map(() => undefined);
  }

  /** The largest value that every server known so far can hold. */
  get maxValueBytes(): number {
    const { maxValueBytes } = this.#settings;
    if (maxValueBytes !== undefined) return maxValueBytes;
    const known = [...this.#itemBytes.values()];
    return largestValueBytes(known.length === 0 ? defaultItemBytes : Math.min(...known));
  }

  /** The connection for a key. A promise only until memjs is loaded. */
  at(operation: string, key: string): Connection | Promise<Connection> {
    const open = (memjs: Memjs) => this.#connection(operation, memjs, this.#place(key));
    return this.#memjs ? open(this.#memjs) : this.#load().then(open);
  }

  /** The connections for keys, each with the positions of its keys. */
  async group(operation: string, keys: readonly string[]): Promise<Map<Connection, number[]>> {
    if (this.#isClosed) throw closed(operation);
    const memjs = this.#memjs ?? (await this.#load());
    const groups = new Map<Connection, number[]>();
    for (const [index, key] of keys.entries()) {
      const connection = this.#connection(operation, memjs, this.#place(key));
      const group = groups.get(connection);
      if (group) group.push(index);
      else groups.set(connection, [index]);
    }
    return groups;
  }

  /** A connection to each server. */
  async all(operation: string): Promise<Connection[]> {
    const memjs = this.#memjs ?? (await this.#load());
    return this.#connections.map((_, index) => this.#connection(operation, memjs, index));
  }

  recycle(): void {
    for (const connection of this.#connections) connection?.recycle();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const failure: Failure = { code: 'CACHE_CLOSED', reason: 'the adapter was closed' };
    const open = this.#connections.filter((connection) => connection !== undefined);
    for (const connection of open) connection.drop(failure);
    await Promise.all(open.map((connection) => connection.ended));
  }

  async #load(): Promise<Memjs> {
    const memjs = await import('memjs');
    const names = this.#settings.endpoints.map(({ name }) => name);
    this.#place = placeKeys(names, memjs.Utils.hashCode);
    this.#memjs = memjs;
    return memjs;
  }

  #connection(operation: string, memjs: Memjs, index: number): Connection {
    if (this.#isClosed) throw closed(operation);
    const present = this.#connections[index];
    if (present && !present.isOver) return present;
    const endpoint = this.#settings.endpoints[index];
    if (!endpoint) throw new RangeError(`no server ${index}`);
    const { connectionTimeoutMs, operationTimeoutMs } = this.#settings;
    const onNoLogin = () => this.#warnOfNoLogin(endpoint.name);
    const timeouts = { connectionTimeoutMs, operationTimeoutMs };
    const connection = new Connection(memjs, endpoint, { ...timeouts, onNoLogin });
    this.#connections[index] = connection;
    if (this.#settings.maxValueBytes === undefined) void this.#learnItemSize(connection);
    return connection;
  }

  #warnOfNoLogin(server: string): void {
    if (this.#withoutLogin.has(server)) return;
    this.#withoutLogin.add(server);
    const message = 'Memcached has no login: user name and password are not used';
    this.#settings.logger?.warn({ server }, message);
  }

  /** A server that does not tell, or a connection that fails, leaves what is known. */
  async #learnItemSize(connection: Connection): Promise<void> {
    try {
      const replies = await connection.send('stats', [{ opcode: opcodes.stat, key: 'settings' }]);
      const itemBytes = itemBytesIn(replies);
      if (itemBytes !== undefined) this.#itemBytes.set(connection.server, itemBytes);
    } catch {
      // Whoever opened the connection gets the same error.
    }
  }
}
