import type { TraceId } from '#base/id.ts';

/**
 * `shadow`: judged beside the real settings, and counted; `stage`: they hold for a share of mail. What is over stays to
 * be read: `ended` when its time was up, `stopped` by a person or by its bound, `applied` for all mail.
 */
export type TrialState = 'shadow' | 'stage' | 'ended' | 'stopped' | 'applied';

/** Other settings of policy on trial (N-3), as they are kept over a restart. */
export interface Trial {
  readonly id: string;
  /** Settings by name, as they are written. */
  readonly changes: Readonly<Record<string, unknown>>;
  readonly state: TrialState;
  readonly sinceMs: number;
  /** When the shadow ends, or the share is raised. */
  readonly untilMs: number;
  /** Per cent of mail for which they hold; 0 as a shadow. */
  readonly share: number;
  /** How long each share holds. */
  readonly everyMs: number;
  /** Of the mail judged in a stage, so many per cent that would else have been delivered may be kept out. */
  readonly keptOutPercentMax: number;
  /** Why it is over. */
  readonly why?: string;
  readonly tally: TrialTally;
}

export interface TrialTally {
  readonly judged: number;
  /** Those for which the settings on trial held. */
  readonly staged: number;
  /** Judged without a check that is on trial, because nobody had asked for its facts. */
  readonly unasked: number;
  /** Mail of a stage that would have been delivered, and was not; and what of it the allow list names. */
  readonly keptOut: number;
  readonly allowedKeptOut: number;
  /** Traces of mail of a stage of which its readers say that they wanted it. */
  readonly complaints: readonly TraceId[];
  /** By "before → after". */
  readonly differences: Readonly<Record<string, number>>;
  /** The newest of them. */
  readonly seen: readonly SeenDifference[];
}

export interface SeenDifference {
  readonly trace: TraceId;
  readonly atMs: number;
  readonly change: string;
}

/** S-09: differences that are named by their traces; the others are counted. */
export const seenMax = 100;

/** So many messages of a stage that were wanted take it back. */
export const complaintsMax = 3;

export const noTally: TrialTally = {
  judged: 0,
  staged: 0,
  unasked: 0,
  keptOut: 0,
  allowedKeptOut: 0,
  complaints: [],
  differences: {},
  seen: [],
};

export function isRunning({ state }: Trial): boolean {
  return state === 'shadow' || state === 'stage';
}
