import type { Domain } from '#mail/domain.ts';
import type { ArcOutcome, ArcSet } from './arc-outcome.ts';

/**
 * The set whose authentication results may be believed (I-42): of a chain that passes, the earliest that is reached
 * from the last through named sealers only. A sealer in the middle whom nobody named could have written what came
 * before it, so nothing behind it counts.
 * @param sealers the names that the administrator believes; empty by default
 */
export function trustedArcSet(outcome: ArcOutcome, sealers: ReadonlySet<Domain>): ArcSet | undefined {
  // A From that the last handler did not sign may have been exchanged after it (decision DK-6).
  if (outcome.result !== 'pass' || outcome.unsigned.includes('from')) return undefined;
  let trusted: ArcSet | undefined;
  for (const set of outcome.sets.toReversed()) {
    if (!sealers.has(set.sealer)) break;
    trusted = set;
  }
  return trusted;
}
