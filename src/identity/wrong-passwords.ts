import { makeRoom } from '#base/make-room.ts';
import type { Clock } from '#platform/clock.ts';

/** Guesses remembered; the oldest goes (S-09). */
const guessesMax = 50_000;
/** Of a keyed digest; enough that no two guesses are taken for one. */
const digestBytes = 16;

export interface Guess {
  /** Where it came from: a mail program repeats itself, an attacker tries elsewhere. */
  readonly network: string;
  readonly name: string;
  /** Keyed with a secret of this process (`RememberedPasswords.digest`). */
  readonly digest: Buffer;
}

/** The same wrong password again is one failure: keyed digests of guesses, in memory only (I-80). */
export class WrongPasswords {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #untilMs = new Map<string, number>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Was it tried from there within the window already? From now on it was. */
  isRepeated(guess: Guess, windowMs: number): boolean {
    const nowMs = this.#clock.monotonic();
    const key = keyOf(guess);
    const repeated = (this.#untilMs.get(key) ?? -Infinity) > nowMs;
    this.#untilMs.delete(key);
    makeRoom(this.#untilMs, guessesMax);
    this.#untilMs.set(key, nowMs + windowMs);
    return repeated;
  }
}

function keyOf({ network, name, digest }: Guess): string {
  return `${network} ${digest.toString('base64', 0, digestBytes)} ${name}`;
}
