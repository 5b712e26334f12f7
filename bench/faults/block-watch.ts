/** Watches how long this thread's event loop does not turn. */
export class BlockWatch {
  longestMs = 0;
  /** The longest that the thread was running between two turns: not waiting for a processor. */
  busiestMs = 0;
  #lastMs: number = performance.now();
  #lastCpuMs: number = cpuMs();
  readonly #timer: NodeJS.Timeout = setInterval(() => this.#turn(), 1).unref();

  /** Forgets what was before. */
  reset(): void {
    this.#turn();
    this.longestMs = 0;
    this.busiestMs = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #turn(): void {
    const [nowMs, nowCpuMs] = [performance.now(), cpuMs()];
    this.longestMs = Math.max(this.longestMs, nowMs - this.#lastMs);
    this.busiestMs = Math.max(this.busiestMs, nowCpuMs - this.#lastCpuMs);
    this.#lastMs = nowMs;
    this.#lastCpuMs = nowCpuMs;
  }
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
