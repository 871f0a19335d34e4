import { FailureWindows } from '#identity/failure-windows.ts';
import type { Clock } from '#platform/clock.ts';

/** As long as most signatures are valid: a campaign is over by then. */
const windowMs = 24 * 60 * 60_000;
/** S-09: signatures that are remembered; the one seen longest ago goes first. */
const signaturesMax = 50_000;

/** How many recipients one signature has reached: the same signed message sent again and again (RFC 6376 §8.6). */
export class ReplayWatch {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #signatures = new FailureWindows(signaturesMax);

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** @returns all recipients so far, these included */
  reached(fingerprint: string, recipients: number): number {
    return this.#signatures.add(fingerprint, {
      amount: recipients,
      windowMs,
      nowMs: this.#clock.monotonic(),
    });
  }
}
