import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
} from 'cockatiel';
import type { Logger } from './logger.ts';
import type { BreakerSettings } from './settings.ts';

export type BreakerState = 'closed' | 'open' | 'half-open';

/**
 * cockatiel's circuit breaker behind two shortcuts: a closed circuit is told only what could change
 * its mind, and an open one is a plain field, since a rejection by cockatiel costs 10 µs.
 *
 * No caller's operation is ever the probe: the breaker probes by itself when its time has come, so
 * nobody waits for a server that may still be frozen.
 */
export class Breaker {
  /** Whether operations are answered without the backend: the circuit is open or half-open. */
  isOpen = false;
  readonly #policy: CircuitBreakerPolicy;
  readonly #settings: BreakerSettings;
  readonly #probe: () => Promise<void>;
  #failing = false;
  #onReleased: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** `probe` rejects while the backend is away. */
  constructor(settings: BreakerSettings, logger: Logger, probe: () => Promise<void>) {
    this.#settings = settings;
    this.#probe = probe;
    this.#policy = circuitBreaker(handleAll, {
      halfOpenAfter: settings.timeoutMs,
      breaker: new ConsecutiveBreaker(settings.failureThreshold),
      halfOpenSampling: { calls: settings.successThreshold, threshold: 0 },
    });
    this.#policy.onBreak(() => {
      logger.error({}, 'Circuit breaker opened (failing fast)');
      this.isOpen = true;
      this.#schedule();
    });
    this.#policy.onHalfOpen(() => logger.info({}, 'Circuit breaker half-open (testing recovery)'));
    this.#policy.onReset(() => {
      logger.info({}, 'Circuit breaker closed (recovered)');
      this.isOpen = false;
      this.#failing = false;
    });
  }

  get state(): BreakerState {
    if (!this.isOpen) return 'closed';
    return this.#policy.state === CircuitState.HalfOpen ? 'half-open' : 'open';
  }

  /** An operation reached the backend. */
  success(): void {
    if (!this.#failing || this.isOpen) return;
    this.#failing = false;
    void this.#policy.execute(() => {});
  }

  /** An operation met an outage. What began before the circuit opened no longer counts. */
  failure(error: unknown): void {
    if (this.isOpen) return;
    this.#failing = true;
    this.#policy.execute(() => Promise.reject(error)).catch(() => {});
  }

  /**
   * Opens the circuit without a vote, for a backend that is away at start-up. The first successful
   * probe closes it and calls `onReleased`.
   */
  hold(onReleased: () => void): void {
    this.isOpen = true;
    this.#onReleased = () => {
      this.isOpen = false;
      this.#onReleased = undefined;
      onReleased();
    };
    this.#schedule();
  }

  /** Stops probing for good; the circuit stays open. */
  stop(): void {
    this.#stopped = true;
    this.isOpen = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.#recover(), this.#settings.timeoutMs + 1).unref();
  }

  async #recover(): Promise<void> {
    try {
      if (this.#onReleased === undefined) await this.#probeUntilClosed();
      else await this.#probe().then(this.#onReleased);
    } catch {
      // The state says it: the circuit is open still.
    }
    if (this.isOpen) this.#schedule();
  }

  async #probeUntilClosed(): Promise<void> {
    for (let probes = 0; probes < this.#settings.successThreshold; probes++) {
      await this.#policy.execute(() => this.#probe());
    }
  }
}
