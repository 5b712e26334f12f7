import type { Socket } from 'node:net';

/** How bytes of one direction flow. */
export interface Flow {
  /** Nothing moves. Released later, in order. */
  readonly held?: boolean;
  /** How long after its arrival a chunk goes on. */
  readonly delayMs?: number;
  readonly bytesPerSecond?: number;
}

const bufferLimitBytes = 1024 * 1024;
const tickMs = 20;

/** One direction of a connection: keeps the order, and at most about 1 MiB. */
export class Lane {
  readonly #source: Socket;
  readonly #target: Socket;
  readonly #flow: () => Flow;
  readonly #queue: { bytes: Buffer; arrivedAt: number }[] = [];
  #queuedBytes = 0;
  #isEnded = false;
  /** When the next part of a throttled chunk may go. */
  #nextAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(source: Socket, target: Socket, flow: () => Flow) {
    this.#source = source;
    this.#target = target;
    this.#flow = flow;
    target.on('drain', () => this.pump());
    target.on('close', () => clearTimeout(this.#timer));
  }

  push(bytes: Buffer): void {
    this.#queue.push({ bytes, arrivedAt: Date.now() });
    this.#queuedBytes += bytes.length;
    if (this.#queuedBytes > bufferLimitBytes) this.#source.pause();
    this.pump();
  }

  /** Sends FIN after what is queued. */
  end(): void {
    this.#isEnded = true;
    this.pump();
  }

  /** Moves what may move now. To be called again when the flow has changed. */
  pump(): void {
    clearTimeout(this.#timer);
    const { held = false, delayMs = 0, bytesPerSecond = Infinity } = this.#flow();
    if (held || this.#target.destroyed) return;
    const isThrottled = bytesPerSecond < Infinity;
    for (let head = this.#queue[0]; head; head = this.#queue[0]) {
      const dueAt = Math.max(head.arrivedAt + delayMs, isThrottled ? this.#nextAt : 0);
      const waitMs = dueAt - Date.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.pump(), waitMs);
        return;
      }
      if (this.#target.writableNeedDrain) return;
      this.#write(Math.max(1, Math.floor((bytesPerSecond * tickMs) / 1000)));
      if (isThrottled) this.#nextAt = Date.now() + Math.max(tickMs, 1000 / bytesPerSecond);
    }
    if (this.#isEnded) this.#target.end();
  }

  #write(limitBytes: number): void {
    const head = this.#queue.shift();
    if (!head) return;
    const part = head.bytes.subarray(0, limitBytes);
    const rest = head.bytes.subarray(limitBytes);
    if (rest.length > 0) this.#queue.unshift({ ...head, bytes: rest });
    this.#queuedBytes -= part.length;
    this.#target.write(part);
    if (this.#queuedBytes <= bufferLimitBytes) this.#source.resume();
  }
}
