import { makeRoom } from '#base/make-room.ts';
import type { Clock } from '#platform/clock.ts';

/** How long a server that did not answer is left alone; doubled by each further failure, up to the longest. */
export const silenceMsMin = 60_000;
export const silenceMsMax = 8 * 60_000;
/** What was long ago says nothing about the next failure. */
const forgottenMs = 3_600_000;
/** S-09: addresses remembered; the oldest go first. */
const serversMax = 1_000;

interface Failure {
  /** Monotonic (S-12). */
  readonly atMs: number;
  readonly untilMs: number;
  readonly times: number;
  readonly text: string;
}

/**
 * Addresses that just did not answer: nobody there, no way there, no greeting. For a while no other message is taken
 * there, so that mail for a dead server does not hold up what waits behind it for its time-outs. In memory only: to
 * forget costs one attempt.
 */
export class SilentServers {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #failures = new Map<string, Failure>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Why it is not tried now, in our words; `undefined`: it may be. */
  reason(address: string): string | undefined {
    const failure = this.#failures.get(address);
    const nowMs = this.#clock.monotonic();
    if (failure === undefined || nowMs >= failure.untilMs) return undefined;
    const ago = Math.round((nowMs - failure.atMs) / 1000);
    const left = Math.ceil((failure.untilMs - nowMs) / 1000);
    return `not tried: no answer ${ago} s ago (${failure.text}); again in ${left} s at the soonest`;
  }

  failed(address: string, text: string): void {
    const nowMs = this.#clock.monotonic();
    const known = this.#failures.get(address);
    // Attempts that went there together fail together: that is one failure.
    if (known !== undefined && nowMs < known.untilMs) return;
    const isRecent = known !== undefined && nowMs - known.untilMs < forgottenMs;
    const times = isRecent ? known.times + 1 : 1;
    const untilMs = nowMs + Math.min(silenceMsMax, silenceMsMin * 2 ** (times - 1));
    this.#failures.delete(address);
    makeRoom(this.#failures, serversMax);
    this.#failures.set(address, { atMs: nowMs, untilMs, times, text });
  }

  answered(address: string): void {
    this.#failures.delete(address);
  }

  /** A person wants it tried. */
  forget(): void {
    this.#failures.clear();
  }
}
