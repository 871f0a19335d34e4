import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import { randomSecret, secretDigest } from './random-secret.ts';

/** How long a link can be used. */
export const linkLifeMs = 5 * 60_000;
/** Links that wait to be used; beyond it the oldest ends (S-09). */
export const linksMax = 16;

/** Secrets that let in once: kept as digests, in memory, for minutes (S-14). */
export class OneTimeLinks {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #random: Random;
  /** Until when, by digest; the oldest first. */
  readonly #waiting = new Map<string, number>();

  constructor(parts: { readonly clock: Pick<Clock, 'monotonic'>; readonly random: Random }) {
    this.#clock = parts.clock;
    this.#random = parts.random;
  }

  /** A new secret; it is nowhere else. */
  issue(): string {
    const nowMs = this.#clock.monotonic();
    for (const [digest, untilMs] of this.#waiting)
      if (untilMs <= nowMs || this.#waiting.size >= linksMax) this.#waiting.delete(digest);
    const secret = randomSecret(this.#random);
    this.#waiting.set(secretDigest(secret), nowMs + linkLifeMs);
    return secret;
  }

  /** Whether the secret lets in; it never does again. */
  spend(secret: string): boolean {
    const digest = secretDigest(secret);
    const untilMs = this.#waiting.get(digest);
    this.#waiting.delete(digest);
    return untilMs !== undefined && untilMs > this.#clock.monotonic();
  }
}
