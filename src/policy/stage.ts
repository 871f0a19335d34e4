/** Where a check stands in the life of a message (DESIGN §3). */
export const policyStages = ['connect', 'helo', 'mail', 'rcpt', 'message'] as const;
export type PolicyStage = (typeof policyStages)[number];

/**
 * What becomes of a finding, mildest first (P-17). `junk`: delivered to the Junk folder; `greylist`: put off when the
 * sender is not known yet (C-12); `discard`: the sender hears that it was taken, and nobody gets it (I-32). Nothing does
 * that by itself (C-4).
 */
export const checkActions = [
  'off',
  'note',
  'score',
  'junk',
  'greylist',
  'defer',
  'refuse',
  'discard',
] as const;
export type CheckAction = (typeof checkActions)[number];

const rank: Readonly<Record<CheckAction, number>> = {
  off: 0,
  note: 1,
  score: 2,
  junk: 3,
  greylist: 4,
  defer: 5,
  refuse: 6,
  discard: 7,
};

/** The milder of two. */
export function milder(one: CheckAction, other: CheckAction): CheckAction {
  return rank[one] <= rank[other] ? one : other;
}

export function isAtLeast(one: CheckAction, other: CheckAction): boolean {
  return rank[one] >= rank[other];
}
