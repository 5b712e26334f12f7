import { connect, type Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import {
  CacheError,
  type CacheErrorCode,
  checkKey,
  checkTtlMs,
  checkValue,
  type Lease,
} from '@tasker-cache/core/adapter';
import { type FullAdapter, limits } from './correct-adapter.ts';

interface Waiting {
  readonly operation: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** One connection and what waits for its answers. */
export interface Link {
  readonly socket: Socket;
  readonly decoder: StringDecoder;
  readonly waiting: Waiting[];
  text: string;
}

/** A correct client of the tiny server. Mutants replace its methods one by one. */
export class TinyAdapter implements FullAdapter {
  readonly name: string = 'tiny';
  readonly scope = 'shared';
  readonly limits: FullAdapter['limits'] = limits;
  readonly url: URL;
  link: Link | undefined;
  isClosed = false;

  constructor(url: string) {
    this.url = new URL(url);
  }

  get(key: string): Promise<string | undefined> {
    return this.ask('get', () => checkKey(this, 'get', key), key) as Promise<string | undefined>;
  }
  set(key: string, value: string, ttlMs: number): Promise<void> {
    return this.ask(
      'set',
      () => this.check('set', key, value, ttlMs),
      key,
      value,
      ttlMs,
    ) as Promise<void>;
  }
  delete(key: string): Promise<boolean> {
    return this.ask('delete', () => checkKey(this, 'delete', key), key) as Promise<boolean>;
  }
  ping(): Promise<void> {
    return this.ask('ping', () => {}) as Promise<void>;
  }
  async close(): Promise<void> {
    this.isClosed = true;
    if (this.link) this.drop(this.link, 'CACHE_CLOSED');
  }
  async getMany(keys: readonly string[]): Promise<(string | undefined)[]> {
    const check = () => {
      for (const key of keys) checkKey(this, 'getMany', key);
    };
    const values = (await this.ask('getMany', check, keys)) as (string | null)[];
    return values.map((value) => value ?? undefined);
  }
  deletePrefix(prefix: string): Promise<number> {
    return this.ask(
      'deletePrefix',
      () => checkKey(this, 'deletePrefix', prefix),
      prefix,
    ) as Promise<number>;
  }
  lease(key: string, token: string, leaseMs: number): Promise<Lease> {
    const check = () => this.check('lease', key, '', leaseMs);
    return this.ask('lease', check, key, token, leaseMs) as Promise<Lease>;
  }
  fill(key: string, token: string, value: string, ttlMs: number): Promise<boolean> {
    const check = () => this.check('fill', key, value, ttlMs);
    return this.ask('fill', check, key, token, value, ttlMs) as Promise<boolean>;
  }
  recycle(): void {
    if (this.link) this.drop(this.link);
  }

  async ask(operation: string, check: () => void, ...details: unknown[]): Promise<unknown> {
    if (this.isClosed) throw this.error('CACHE_CLOSED', operation);
    check();
    const link = this.link ?? this.connect();
    return new Promise((resolve, reject) => {
      link.waiting.push({ operation, resolve, reject });
      link.socket.write(`${JSON.stringify([operation, ...details])}\n`);
    });
  }
  connect(): Link {
    const socket = connect({ host: this.url.hostname, port: Number(this.url.port), noDelay: true });
    const link: Link = { socket, decoder: new StringDecoder(), waiting: [], text: '' };
    socket.on('error', () => {});
    socket.on('data', (bytes) => this.onData(link, bytes));
    socket.on('end', () => this.drop(link));
    socket.on('close', () => this.drop(link));
    this.link = link;
    return link;
  }
  onData(link: Link, bytes: Buffer): void {
    const lines = (link.text + link.decoder.write(bytes)).split('\n');
    link.text = lines.pop() ?? '';
    for (const line of lines) this.onLine(link, line);
  }
  onLine(link: Link, line: string): void {
    const answer = parse(line);
    const asked = answer && link.waiting.shift();
    // Nobody asked, or this is no answer: what comes next belongs to nobody.
    if (!answer || !asked) this.drop(link);
    else if (answer[0] === 'ok') asked.resolve(answer[1] ?? undefined);
    else asked.reject(this.error('CACHE_REFUSED', asked.operation));
  }
  drop(link: Link, code: CacheErrorCode = 'CACHE_UNAVAILABLE'): void {
    if (this.link === link) this.link = undefined;
    link.socket.destroy();
    for (const { operation, reject } of link.waiting.splice(0)) reject(this.error(code, operation));
  }
  error(code: CacheErrorCode, operation: string): CacheError {
    return new CacheError(code, `The server is away: ${code}`, { adapter: this.name, operation });
  }
  check(operation: string, key: string, value: string, ttlMs: number): void {
    checkKey(this, operation, key);
    checkValue(this, operation, value);
    checkTtlMs(this, operation, ttlMs);
  }
}

/** `["ok", value]` or `["refused"]`, and nothing else. */
function parse(line: string): ['ok' | 'refused', unknown?] | undefined {
  try {
    const answer = JSON.parse(line);
    const isAnswer = Array.isArray(answer) && (answer[0] === 'ok' || answer[0] === 'refused');
    return isAnswer ? (answer as ['ok' | 'refused', unknown?]) : undefined;
  } catch {
    return undefined;
  }
}
