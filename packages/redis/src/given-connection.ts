import type { Cluster, Redis } from 'ioredis';
import { type Connection, openSession, type Session } from './connection.ts';
import { closedError } from './errors.ts';
import { sendBy } from './send.ts';
import type { ServerIdentity } from './server-identity.ts';

/** The caller's client: connecting, retrying and closing stay the caller's business. */
export class GivenConnection implements Connection {
  session: Session | undefined;
  isClosed = false;
  readonly #client: Redis | Cluster;
  readonly #name: string;
  readonly #onServer: (server: ServerIdentity) => void;

  constructor(client: Redis | Cluster, name: string, onServer: (server: ServerIdentity) => void) {
    this.#client = client;
    this.#name = name;
    this.#onServer = onServer;
  }

  async ready(): Promise<Session> {
    const cluster = this.#client.isCluster ? (this.#client as Cluster) : undefined;
    const session = await openSession({
      send: sendBy(this.#client),
      cluster,
      drop: () => this.recycle(),
      // ioredis has `reconnectOnError` for it.
      renew: () => {},
    });
    if (this.isClosed) throw closedError(this.#name, 'connect');
    this.session = session;
    this.#onServer(session.server);
    return session;
  }

  /** The next server may be another one, so it is asked again. */
  recycle(): void {
    if (this.session === undefined) return;
    this.session = undefined;
    this.#client.disconnect(true);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.session = undefined;
  }
}
