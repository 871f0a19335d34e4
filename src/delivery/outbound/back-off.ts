import type { Random } from '#platform/random.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/**
 * How long a recipient waits after its nth attempt failed for now; the last row holds for all further ones.
 * RFC 5321 §4.5.4.1 asks for at least 30 minutes in general and more often at first; greylisting is over in minutes.
 */
export const retryDelaysMs: readonly number[] = [
  2 * minuteMs,
  5 * minuteMs,
  10 * minuteMs,
  20 * minuteMs,
  40 * minuteMs,
  hourMs,
  2 * hourMs,
  3 * hourMs,
  4 * hourMs,
];

/** A quarter more or less, so that what failed together does not come back together. */
const jitterShare = 0.25;

/** No retry is further away than this. */
export const retryDelayMsMax = 5 * hourMs;

/** RFC 5321 §4.5.4.1: give up after 4 to 5 days. Used for what has no `expiresAtMs` of its own. */
export const expiryMs = 5 * 24 * hourMs;

/** @param attempt 1 after the first attempt */
export function retryDelayMs(attempt: number, random: Random): number {
  const row = Math.min(Math.max(attempt, 1), retryDelaysMs.length) - 1;
  const delayMs = retryDelaysMs[row] ?? retryDelayMsMax;
  const spreadMs = Math.round(delayMs * jitterShare);
  return delayMs - spreadMs + random.integer(2 * spreadMs + 1);
}
