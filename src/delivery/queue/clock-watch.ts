import type { Clock } from '#platform/clock.ts';

/** Below this a difference is the usual correction of a clock, not a jump. */
export const clockJumpMsMin = 60_000;

/**
 * Notices when the wall clock moved otherwise than time passed (S-12).
 * @returns a function that tells the jump since the last call in milliseconds, 0 for none; negative: back
 */
export function watchClock(clock: Clock): () => number {
  let wallMs = clock.now();
  let passedMs = clock.monotonic();
  return () => {
    const nowMs = clock.now();
    const monotonicMs = clock.monotonic();
    const jumpMs = nowMs - wallMs - (monotonicMs - passedMs);
    wallMs = nowMs;
    passedMs = monotonicMs;
    return Math.abs(jumpMs) < clockJumpMsMin ? 0 : Math.round(jumpMs);
  };
}
