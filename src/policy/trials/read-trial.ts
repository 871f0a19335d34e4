import type { Trial, TrialState, TrialTally } from './trial.ts';
import { complaintsMax, noTally, seenMax } from './trial.ts';

const states: readonly TrialState[] = ['shadow', 'stage', 'ended', 'stopped', 'applied'];

/** A trial as it was kept; `undefined` when it is none that this version knows. */
export function readTrial(value: unknown): { readonly key: string; readonly row: Trial } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const given = value as Partial<Record<keyof Trial, unknown>>;
  const state = states.find((name) => name === given.state);
  const { id, changes, sinceMs, untilMs, share, everyMs, keptOutPercentMax, why } = given;
  if (state === undefined || typeof id !== 'string' || typeof changes !== 'object' || changes === null)
    return undefined;
  const numbers = [sinceMs, untilMs, share, everyMs, keptOutPercentMax];
  if (!numbers.every((number) => typeof number === 'number')) return undefined;
  const row = {
    id,
    changes,
    state,
    sinceMs,
    untilMs,
    share,
    everyMs,
    keptOutPercentMax,
    ...(typeof why === 'string' ? { why } : {}),
    tally: readTally(given.tally),
  } as Trial;
  return { key: id, row };
}

function readTally(value: unknown): TrialTally {
  const given = { ...noTally, ...(typeof value === 'object' && value !== null ? value : {}) } as TrialTally;
  return {
    ...given,
    seen: Array.isArray(given.seen) ? given.seen.slice(-seenMax) : [],
    complaints: Array.isArray(given.complaints) ? given.complaints.slice(-complaintsMax) : [],
  };
}
