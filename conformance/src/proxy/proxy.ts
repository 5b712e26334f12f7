import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { reservedPorts, withFreePorts } from '../free-ports.ts';
import * as faults from './faults.ts';
import { Link, type Upstream } from './link.ts';

export interface ProxyOptions {
  readonly upstream: Upstream;
  /** Default: a free port. */
  readonly listenPort?: number;
}

/**
 * A TCP proxy at 127.0.0.1 that misbehaves on demand, towards existing and new connections alike.
 * A fault lasts until the next one, unless it says otherwise.
 */
export class FaultProxy implements AsyncDisposable {
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly #server: Server;
  readonly #links = new Map<Socket, Link>();
  #fault: faults.Fault = faults.pass;
  #accepted = 0;

  /** @internal Use `startProxy()`. */
  constructor(port: number, upstream: Upstream) {
    this.port = port;
    // A FIN of the client is passed on, not answered with one of our own.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      this.#accepted += 1;
      this.#links.set(client, new Link(client, upstream, () => this.#fault));
      client.on('close', () => this.#links.delete(client));
    });
    // Out of file descriptors, say: clients notice, this process goes on.
    this.#server.on('error', () => {});
  }

  /** The fault's name; `pass` when there is none. */
  get mode(): string {
    return this.#fault.name;
  }

  /** How many client connections are open now. */
  get connections(): number {
    return this.#links.size;
  }

  /** How many client connections there ever were. */
  get accepted(): number {
    return this.#accepted;
  }

  /** `redis` → `redis://127.0.0.1:port`. A whole URL keeps all but its host and port. */
  url(schemeOrUrl: string): string {
    const url = new URL(schemeOrUrl.includes('://') ? schemeOrUrl : `${schemeOrUrl}://host`);
    url.host = `${this.host}:${this.port}`;
    return url.href;
  }

  /** Back to passing everything on, in order, with what was held back before. */
  heal(): Promise<void> {
    return this.#become(faults.pass);
  }

  /** As a server that is down: resets every connection, refuses new ones. */
  async refuse(): Promise<void> {
    this.#fault = { name: 'refuse' };
    reservedPorts.add(this.port);
    const closed = this.#server.listening ? once(this.#server.close(), 'close') : undefined;
    this.#resetAll();
    await closed;
  }

  /** Resets every connection, once. New ones pass. */
  async sever(): Promise<void> {
    await this.heal();
    this.#resetAll();
  }

  /** Passes half of a reply, then resets the connection. */
  severMidReply(): Promise<void> {
    return this.#become(faults.severMidReply);
  }

  /** Closes a connection cleanly (FIN) in place of an answer, also where a request is pending already. */
  finPending(): Promise<void> {
    return this.#become(faults.finPending);
  }

  /** Passes half of a reply, then closes the connection cleanly. */
  halfFrame(): Promise<void> {
    return this.#become(faults.halfFrame);
  }

  /** Accepts, and moves nothing in either direction. `heal()` delivers it late, as a network does. */
  blackHole(): Promise<void> {
    return this.#become(faults.blackHole);
  }

  /** Every reply arrives this much later. */
  delay(delayMs: number): Promise<void> {
    return this.#become(faults.delay(delayMs));
  }

  /** Replies trickle, on each connection. */
  throttle(bytesPerSecond: number): Promise<void> {
    return this.#become(faults.throttle(bytesPerSecond));
  }

  /** Answers every request with bytes that are no protocol. */
  garbage(bytes?: Buffer): Promise<void> {
    return this.#become(faults.garbage(bytes));
  }

  /** Passes the next reply and appends these bytes to it, once. */
  extraReply(bytes: Buffer | string): Promise<void> {
    return this.#become(faults.extraReply(Buffer.from(bytes)));
  }

  /** Passes every reply twice, those to a handshake too. */
  doubleReplies(): Promise<void> {
    return this.#become(faults.doubleReplies);
  }

  /** Announces 2 GB to every request, in RESP or memcached's binary protocol, and sends 18 bytes. */
  hugeLength(): Promise<void> {
    return this.#become(faults.hugeLength);
  }

  /** Resets the connection in place of every nth reply, counted over all connections. */
  resetEvery(replies: number): Promise<void> {
    return this.#become(faults.resetEvery(replies));
  }

  /** Ends every connection and stops to listen. Safe to repeat. */
  async close(): Promise<void> {
    await this.refuse();
    reservedPorts.delete(this.port);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #become(fault: faults.Fault): Promise<void> {
    this.#fault = fault;
    if (!this.#server.listening) {
      this.#server.listen(this.port, this.host);
      await once(this.#server, 'listening');
      reservedPorts.delete(this.port);
    }
    for (const link of this.#links.values()) link.refresh();
  }

  #resetAll(): void {
    for (const link of this.#links.values()) link.reset();
  }
}

/** Starts a proxy that passes everything on. */
export function startProxy({ upstream, listenPort }: ProxyOptions): Promise<FaultProxy> {
  return withFreePorts(1, listenPort, async ([port]) => {
    const proxy = new FaultProxy(port as number, upstream);
    await proxy.heal();
    return proxy;
  });
}
