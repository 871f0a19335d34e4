import type { Clock } from './clock.ts';

interface Wait {
  readonly dueMs: number;
  readonly end: () => void;
}

/** Waits that end each at their own time, under one timer; it runs until `end`, so that a wait costs no timer. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #waits = new Set<Wait>();
  #callOff: (() => void) | undefined;
  #timerDueMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What the work comes to, or `late` when it is not done at that moment of the monotonic clock. */
  within<T>(work: Promise<T>, dueMs: number, late: T): Promise<T> {
    return new Promise((resolve, reject) => {
      const wait: Wait = {
        dueMs,
        end: () => {
          this.#waits.delete(wait);
          resolve(late);
        },
      };
      this.#waits.add(wait);
      this.#arm(dueMs);
      // Who came first has said what it comes to.
      void work.then(resolve, reject).then(wait.end);
    });
  }

  /** All that is waited for ends now; the timer is let go. */
  end(): void {
    this.#disarm();
    for (const wait of this.#waits) wait.end();
  }

  #arm(dueMs: number): void {
    if (dueMs >= this.#timerDueMs) return;
    this.#disarm();
    this.#timerDueMs = dueMs;
    const ms = Math.max(0, dueMs - this.#clock.monotonic());
    this.#callOff = this.#clock.alarm(ms, () => this.#due());
  }

  #disarm(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    this.#timerDueMs = Number.POSITIVE_INFINITY;
  }

  #due(): void {
    this.#disarm();
    const nowMs = this.#clock.monotonic();
    for (const wait of this.#waits) if (wait.dueMs <= nowMs) wait.end();
    for (const { dueMs } of this.#waits) this.#arm(dueMs);
  }
}
