import { type Connection, openSession, type Session } from './connection.ts';
import { closedError } from './errors.ts';
import { createLink, type Link } from './link.ts';
import type { Settings } from './options.ts';
import type { ServerIdentity } from './server-identity.ts';

/** A connection that ends sooner counts as a failed attempt, or a bad server would be hammered. */
const healthyAfterMs = 1000;
const longestDelayMs = 500;

/** Connects on first use and again whenever the link ends, each time with a new link. */
export class OwnConnection implements Connection {
  session: Session | undefined;
  readonly #settings: Settings;
  readonly #onServer: (server: ServerIdentity) => void;
  readonly #links = new Set<Link>();
  #attempt: Promise<Session> | undefined;
  /** Why the last attempt failed; nothing waits for the next one. */
  #failure: Error | undefined;
  #failures = 0;
  #lastConnectMs: number | undefined;
  #openedAtMs = 0;
  #retry: NodeJS.Timeout | undefined;
  #abort: (reason: Error) => void = () => {};
  #closing: Promise<void> | undefined;

  constructor(settings: Settings, onServer: (server: ServerIdentity) => void) {
    this.#settings = settings;
    this.#onServer = onServer;
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  ready(): Promise<Session> {
    if (this.session !== undefined) return Promise.resolve(this.session);
    if (this.#closing !== undefined) return Promise.reject(this.#closedError());
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return this.#attempt ?? this.#start();
  }

  /** Leaves an attempt to connect alone: it is new already, and bounded. */
  recycle(): void {
    const { session } = this;
    if (session === undefined) return;
    this.session = undefined;
    for (const link of this.#links) void this.#destroy(link);
    this.#start();
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    this.session = undefined;
    clearTimeout(this.#retry);
    this.#abort(this.#closedError());
    await Promise.all([...this.#links].map((link) => this.#destroy(link)));
    await this.#attempt?.catch(() => {});
  }

  #start(): Promise<Session> {
    const attempt = this.#connect();
    this.#attempt = attempt;
    attempt.catch(() => {});
    return attempt;
  }

  async #connect(): Promise<Session> {
    const { promise: aborted, reject: abort } = Promise.withResolvers<never>();
    aborted.catch(() => {});
    this.#abort = abort;
    const startedAt = performance.now();
    const patienceMs = this.#patienceMs();
    const timer = setTimeout(
      () => abort(new Error(`no answer within ${patienceMs} ms`)),
      patienceMs,
    );
    let link: Link | undefined;
    try {
      link = await createLink(this.#settings, this.#failures);
      this.#links.add(link);
      if (this.isClosed) throw this.#closedError();
      const session = await Promise.race([aborted, this.#openSession(link)]);
      this.#lastConnectMs = performance.now() - startedAt;
      this.#opened(link, session);
      return session;
    } catch (error) {
      if (link !== undefined) void this.#destroy(link);
      this.#failed(error as Error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #openSession(link: Link): Promise<Session> {
    await link.connect();
    const { send, cluster } = link;
    const drop = () => void this.#destroy(link);
    const session = await openSession({ send, cluster, drop, renew: () => this.#renew(link) });
    if (this.#settings.target.kind === 'sentinel' && session.server.role === 'replica')
      throw new Error('the sentinels named a replica as the master');
    return session;
  }

  #opened(link: Link, session: Session): void {
    this.#openedAtMs = performance.now();
    this.session = session;
    this.#attempt = undefined;
    this.#failure = undefined;
    this.#onServer(session.server);
    void link.ended.then((error) => {
      this.#links.delete(link);
      if (this.session !== session) return;
      this.session = undefined;
      if (performance.now() - this.#openedAtMs < healthyAfterMs) return this.#failed(error);
      this.#failures = 0;
      this.#start();
    });
  }

  /** A cluster's client asks for the layout itself. */
  #renew(link: Link): void {
    const isCurrent = this.session?.send === link.send;
    if (!isCurrent || link.cluster || performance.now() - this.#openedAtMs < healthyAfterMs) return;
    this.session = undefined;
    // The server ends the connection once it has answered everything before.
    link.send('QUIT', []).catch(() => {});
    this.#start();
  }

  #failed(error: Error): void {
    this.#attempt = undefined;
    if (this.#closing !== undefined) return;
    this.#failure = error;
    const longest = Math.min(50 * 2 ** this.#failures, longestDelayMs);
    this.#failures++;
    // Not all clients of a server that restarts come back in the same millisecond.
    const delayMs = longest * (0.5 + Math.random() / 2);
    this.#retry = setTimeout(() => this.#start(), delayMs).unref();
  }

  /** A server that connects in 1 ms is not waited for as long as one never seen. */
  #patienceMs(): number {
    const { connectionTimeoutMs, target } = this.#settings;
    // A cluster with one frozen node takes its time, and then serves the keys of the others.
    if (this.#lastConnectMs === undefined || target.kind === 'cluster') return connectionTimeoutMs;
    return Math.min(Math.max(1000, this.#lastConnectMs * 10), connectionTimeoutMs);
  }

  async #destroy(link: Link): Promise<void> {
    await link.destroy();
    this.#links.delete(link);
  }

  #closedError(): Error {
    return closedError(this.#settings.name, 'connect');
  }
}
