import type { Random } from './random.ts';

/** Which of the outside world's operations fail, and when: a schedule that its seed repeats (N-20). */
export interface FailureSchedule {
  /** Does this occurrence of `operation` (`resolve`, `dial`, `write`, `blob-commit`, …) fail? */
  fails(operation: string): boolean;
}

export interface FailureRates {
  /** Failures in 1,000 occurrences by operation; what is not named never fails. */
  readonly perThousand: Readonly<Record<string, number>>;
}

export function createFailureSchedule(random: Random, rates: FailureRates): FailureSchedule {
  return {
    fails(operation) {
      const rate = rates.perThousand[operation] ?? 0;
      return rate > 0 && random.integer(1000) < rate;
    },
  };
}

/** The schedule of a quiet day. */
export const noFailures: FailureSchedule = { fails: () => false };
