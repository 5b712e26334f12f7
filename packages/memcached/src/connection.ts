import type { Socket } from 'node:net';
import type { Server } from 'memjs';
import type { Endpoint } from './endpoints.ts';
import { describe, type Failure, failed } from './errors.ts';
import { Exchanges } from './exchanges.ts';
import { type Command, encode, type Memjs, opcodes, type Reply, statuses } from './protocol.ts';
import { ReplyReader } from './reply-reader.ts';

export interface ConnectionSettings {
  readonly connectionTimeoutMs: number;
  readonly operationTimeoutMs: number;
  /** Called when the server has no login although credentials are configured. */
  readonly onNoLogin: () => void;
}

/**
 * One socket's life with memjs: memjs's `Server` connects and logs in, this class supervises. It
 * ends with the first fault and never comes back, so a fault cannot leak into later answers.
 */
export class Connection {
  readonly server: string;
  /** Resolves when the socket is closed. */
  readonly ended: Promise<void>;
  readonly #memjs: Memjs;
  readonly #settings: ConnectionSettings;
  readonly #peer: Server;
  readonly #socket: Socket;
  readonly #reader: ReplyReader;
  readonly #exchanges: Exchanges;
  readonly #connectDeadlineMs: number;
  #opaque: number;
  #isReady = false;
  #isCorked = false;
  #failure: Failure | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;

  /** The first request gets the number after `lastOpaque`; numbers wrap at 2³². */
  constructor(memjs: Memjs, endpoint: Endpoint, settings: ConnectionSettings, lastOpaque = 0) {
    this.#memjs = memjs;
    this.#settings = settings;
    this.#opaque = lastOpaque;
    this.server = endpoint.name;
    this.#reader = new ReplyReader(memjs);
    this.#exchanges = new Exchanges(endpoint.name);
    this.#connectDeadlineMs = performance.now() + settings.connectionTimeoutMs;
    this.#peer = this.#createPeer(endpoint);
    this.#peer.sock(false, () => this.#start());
    this.#socket = (this.#peer as unknown as { _socket: Socket })._socket;
    this.#socket.setNoDelay(true);
    // Here memjs would leave whoever waits without an answer.
    const onEnd = () => this.#fail({ code: 'CACHE_UNAVAILABLE', reason: 'it hung up' });
    this.#socket.on('end', onEnd).on('close', onEnd);
    this.ended = new Promise((resolve) => this.#socket.on('close', () => resolve()));
  }

  /** Whether it takes no more requests. */
  get isOver(): boolean {
    return this.#failure !== undefined;
  }

  /**
   * Sends commands in one piece; resolves to the replies, of which the last answers the last one.
   * Rejects with a `CacheError` when the connection ends first or the deadline passes.
   */
  send(operation: string, commands: readonly Command[]): Promise<readonly Reply[]> {
    if (this.#failure) return Promise.reject(failed(this.server, operation, this.#failure));
    return new Promise((resolve, reject) => {
      this.#opaque = (this.#opaque + 1) >>> 0;
      const opaque = this.#opaque;
      const bytes = encode(this.#memjs, commands, opaque);
      const deadlineMs = performance.now() + this.#settings.operationTimeoutMs;
      this.#exchanges.add({ operation, commands, bytes, opaque, deadlineMs, resolve, reject });
      if (this.#isReady) this.#write(bytes);
      if (deadlineMs < this.#timerAtMs) this.#watch();
    });
  }

  /** Ends it; whoever waits gets the failure. */
  drop(failure: Failure): void {
    this.#fail(failure);
  }

  /**
   * Rejects whoever waits, and ends it unless it is still connecting: then nothing was sent that
   * could be answered late, and a server that is slow to log in would never be reached.
   */
  recycle(): void {
    const failure: Failure = { code: 'CACHE_UNAVAILABLE', reason: 'the connection was dropped' };
    if (this.#isReady) this.#fail(failure);
    else this.#exchanges.rejectAll(failure);
  }

  #createPeer({ host, port, username, password }: Endpoint): Server {
    // memjs's own timers are off: they start anew with every byte.
    const options = { conntimeout: 0, keepAlive: true };
    const peer = new this.#memjs.Server(host, port, username, password, options);
    // Without this, memjs takes credentials from the environment.
    Object.assign(peer, { username, password });
    peer.responseHandler = (chunk: Buffer) => this.#read(chunk);
    peer.error = (error: unknown) => this.#failWith(error);
    return peer;
  }

  #start(): void {
    this.#isReady = true;
    for (const bytes of this.#exchanges.bytes()) this.#write(bytes);
  }

  /** All that is written in one turn goes out as one packet. */
  #write(bytes: Buffer): void {
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#socket.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(bytes);
  }

  #read(chunk: Buffer): void {
    try {
      this.#reader.push(chunk);
      for (let reply = this.#reader.next(); reply; reply = this.#reader.next()) {
        if (this.#isReady) this.#exchanges.take(reply);
        else this.#logIn(reply);
      }
    } catch (error) {
      this.#failWith(error);
    }
  }

  /** memjs has asked for the mechanisms; the answers to that and to the login come here. */
  #logIn({ header: { opcode, status } }: Reply): void {
    if (status === statuses.unknownCommand) {
      this.#settings.onNoLogin();
      this.#peer.emit('authenticated');
    } else if (status !== statuses.ok) {
      throw new Error('it refused the user name or the password (SASL)');
    } else if (opcode === opcodes.saslMechanisms) this.#peer.saslAuth();
    else if (opcode === opcodes.saslLogin) this.#peer.emit('authenticated');
    else throw new Error('it sent a reply that nobody asked for');
  }

  /** Sets the one timer to the earliest deadline. */
  #watch(): void {
    clearTimeout(this.#timer);
    const connectDeadlineMs = this.#isReady ? Number.POSITIVE_INFINITY : this.#connectDeadlineMs;
    this.#timerAtMs = Math.min(connectDeadlineMs, this.#exchanges.firstDeadlineMs);
    if (this.#timerAtMs === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.max(1, Math.ceil(this.#timerAtMs - performance.now()));
    this.#timer = setTimeout(() => this.#expire(), waitMs).unref();
  }

  #expire(): void {
    const nowMs = performance.now();
    const { connectionTimeoutMs, operationTimeoutMs } = this.#settings;
    const reason = `it did not answer within ${operationTimeoutMs} ms`;
    const late = this.#exchanges.rejectLate(nowMs, reason);
    if (this.#isReady && late > 0) {
      this.#failWith(new Error(`${reason} to an earlier request`));
    } else if (!this.#isReady && nowMs >= this.#connectDeadlineMs) {
      this.#failWith(new Error(`it did not let us connect within ${connectionTimeoutMs} ms`));
    } else this.#watch();
  }

  #failWith(error: unknown): void {
    this.#fail({ code: 'CACHE_UNAVAILABLE', reason: describe(error), cause: error });
  }

  #fail(failure: Failure): void {
    if (this.#failure) return;
    this.#failure = failure;
    clearTimeout(this.#timer);
    this.#socket.destroy();
    this.#exchanges.rejectAll(failure);
  }
}
