import { InFlight } from '#base/in-flight.ts';
import type { Clock } from '#platform/clock.ts';

/** S-04: the final dot is answered within 30 s; one is left for the way of the reply. */
export const answerMsMax = 29_000;

/** S-09: messages still being worked on although their clients were told to come again; beyond, none are begun. */
export const lateMessagesMax = 64;

/** Who answers for one message: the work on it, or the clock. Whoever takes the answer first has it, for good. */
export class AnswerTime {
  #taken = false;

  get isTaken(): boolean {
    return this.#taken;
  }

  /** False: the other has answered already. */
  take(): boolean {
    if (this.#taken) return false;
    this.#taken = true;
    return true;
  }
}

export interface TimedWork<T> {
  readonly time: AnswerTime;
  /** Takes the answer before it does what cannot be undone. */
  readonly work: () => Promise<T>;
  /** The answer when the clock was first; the work goes on, and finds the answer taken. */
  readonly late: () => T;
}

interface Awaited {
  /** Infinity: the clock has answered. */
  dueMs: number;
  readonly end: () => void;
}

/**
 * The time to the reply of the final dot, for all connections together: each answer has as long, so what comes while one
 * timer runs is due later, and one does for all.
 */
export class AnswerTimes {
  readonly #clock: Pick<Clock, 'monotonic' | 'sleep'>;
  readonly #awaited = new InFlight<Awaited>();
  #watching = false;
  #lateCount = 0;

  constructor(clock: Pick<Clock, 'monotonic' | 'sleep'>) {
    this.#clock = clock;
  }

  /** So much is late already that a further message would only wait behind it. */
  get isCrowded(): boolean {
    return this.#lateCount >= lateMessagesMax;
  }

  inTime<T>({ time, work, late }: TimedWork<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let isLate = false;
      const end = (): void => {
        if (!time.take()) return;
        isLate = true;
        this.#lateCount += 1;
        // A bug of ours is its connection's trouble, and not that of all others.
        try {
          resolve(late());
        } catch (fault) {
          reject(fault);
        }
      };
      const awaited: Awaited = { dueMs: this.#clock.monotonic() + answerMsMax, end };
      const place = this.#awaited.add(awaited);
      const run = async (): Promise<void> => {
        try {
          resolve(await work());
        } catch (fault) {
          reject(fault);
        }
        this.#awaited.remove(place, awaited);
        if (isLate) this.#lateCount -= 1;
      };
      void run();
      if (!this.#watching) void this.#watch();
    });
  }

  async #watch(): Promise<void> {
    this.#watching = true;
    for (let dueMs = this.#dueMs(); dueMs !== undefined; dueMs = this.#dueMs()) {
      await this.#clock.sleep(Math.max(0, dueMs - this.#clock.monotonic()));
      this.#endDue();
    }
    this.#watching = false;
  }

  /** Of the oldest that nobody has answered. */
  #dueMs(): number | undefined {
    let first = Number.POSITIVE_INFINITY;
    for (const { dueMs } of this.#awaited) first = Math.min(first, dueMs);
    return Number.isFinite(first) ? first : undefined;
  }

  #endDue(): void {
    const nowMs = this.#clock.monotonic();
    for (const awaited of this.#awaited) {
      if (awaited.dueMs > nowMs) continue;
      awaited.dueMs = Number.POSITIVE_INFINITY;
      awaited.end();
    }
  }
}
