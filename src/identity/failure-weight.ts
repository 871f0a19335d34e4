import type { Standing } from './known-devices.ts';

/** What is known of a failure beside that it is one; nothing of it tells whether the name exists. */
export interface FailureFacts {
  readonly standing: Standing;
  /** The same wrong password for the same name from the same network. */
  readonly repeated: boolean;
  /** It was right before the password was changed. */
  readonly former: boolean;
}

const known = 0.25;
const whole = 1;

/**
 * How much a failed log-in counts (I-80): a known device with a mistyped password is hardly an attack, with an old one
 * it is none, and the same wrong password again is no second guess.
 */
export function failureWeight({ standing, repeated, former }: FailureFacts): number {
  if (repeated) return 0;
  if (!standing.deviceKnown) return whole;
  return former ? 0 : known;
}
