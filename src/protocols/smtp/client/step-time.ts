import type { Clock } from '#platform/clock.ts';

/**
 * The time of one step after the other on one connection. One timer serves them all: most steps end long before their
 * time, and a timer that fires early only looks how much is left.
 */
export class StepTime {
  readonly #clock: Pick<Clock, 'monotonic' | 'sleep'>;
  #attempt: AbortSignal;
  #over = new AbortController();
  #dueMs = Infinity;
  #firesAtMs = Infinity;
  #timer: AbortController | undefined;
  readonly #end = (): void => this.#over.abort('out of time');

  /** @param attempt the time of the whole attempt, which ends each step too */
  constructor(clock: Pick<Clock, 'monotonic' | 'sleep'>, attempt: AbortSignal) {
    this.#clock = clock;
    this.#attempt = attempt;
    attempt.addEventListener('abort', this.#end, { once: true });
  }

  /** Another attempt goes on with the connection. */
  adopt(attempt: AbortSignal): void {
    this.#attempt.removeEventListener('abort', this.#end);
    this.#attempt = attempt;
    attempt.addEventListener('abort', this.#end, { once: true });
  }

  /** Does work under a signal that aborts after `ms`, or with the attempt. */
  async within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#attempt.aborted) this.#end();
    // The next step has a time of its own, also when the last one ran out of its.
    else if (this.#over.signal.aborted) this.#over = new AbortController();
    this.#dueMs = this.#clock.monotonic() + ms;
    if (this.#dueMs < this.#firesAtMs) this.#arm(ms);
    try {
      return await work(this.#over.signal);
    } finally {
      this.#dueMs = Infinity;
    }
  }

  /** For good. */
  close(): void {
    this.#timer?.abort('closed');
    this.#attempt.removeEventListener('abort', this.#end);
  }

  #arm(ms: number): void {
    this.#timer?.abort('nearer');
    const timer = new AbortController();
    this.#timer = timer;
    this.#firesAtMs = this.#clock.monotonic() + ms;
    void this.#wait(ms, timer.signal);
  }

  async #wait(ms: number, calledOff: AbortSignal): Promise<void> {
    await this.#clock.sleep(ms, calledOff);
    if (calledOff.aborted) return;
    this.#firesAtMs = Infinity;
    if (this.#dueMs === Infinity) return;
    const leftMs = this.#dueMs - this.#clock.monotonic();
    if (leftMs > 0) this.#arm(leftMs);
    else this.#end();
  }
}
