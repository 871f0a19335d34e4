import type { CheckFinding, CheckReply } from './judgement.ts';
import type { Thresholds } from './policy-values.ts';
import type { JudgedCheck } from './judge-check.ts';

/** What is done with a message, and which check decided; `greylist`: put off unless its sender is known (C-12). */
export interface PolicyVerdict {
  readonly action: 'accept' | 'junk' | 'greylist' | 'defer' | 'refuse' | 'discard';
  /** The check that decided, or `score`. */
  readonly by: string;
  readonly score: number;
  readonly reason: string;
  /** What the sender hears; of every verdict but `accept` and `junk`. */
  readonly reply: CheckReply;
  /** What the finding that decided has the recipient told. */
  readonly mark?: CheckFinding['mark'];
}

interface Found {
  readonly judged: JudgedCheck;
  readonly finding: CheckFinding;
}

/** P-17: a score is told by its class only. */
const byScore: CheckReply = { detail: '7.1', text: 'the message was refused by the policy of this server' };
const nothing: CheckReply = { detail: '0.0', text: '' };

const noThresholds: Thresholds = {
  junkScore: Number.POSITIVE_INFINITY,
  refuseScore: Number.POSITIVE_INFINITY,
  greylistScore: Number.POSITIVE_INFINITY,
};

/**
 * The one judge: findings in the order of the table become one verdict. Refusing goes before discarding and putting off, that before
 * greylisting, that before Junk; among equals the first of the table decides. Who is vouched for keeps what no allow
 * list lifts (P-26).
 */
export function combineFindings(judged: readonly JudgedCheck[], thresholds: Thresholds): PolicyVerdict {
  const vouched = judged.some(({ judgement }) => judgement.kind === 'vouch');
  const found = judged.flatMap((one): readonly Found[] =>
    one.judgement.kind === 'finding' && !(vouched && one.check.class === 'list')
      ? [{ judged: one, finding: one.judgement }]
      : [],
  );
  const score = vouched ? 0 : found.reduce((sum, { judged: { score: points } }) => sum + points, 0);
  const first = (action: JudgedCheck['action']): Found | undefined =>
    found.find(({ judged: one }) => one.action === action);
  const refusing = first('refuse');
  if (refusing !== undefined) return verdict('refuse', score, refusing);
  if (score >= thresholds.refuseScore) return scored('refuse', score);
  const discarding = first('discard');
  if (discarding !== undefined) return verdict('discard', score, discarding);
  const deferring = first('defer');
  if (deferring !== undefined) return verdict('defer', score, deferring);
  const greylisting = vouched ? undefined : first('greylist');
  if (greylisting !== undefined) return verdict('greylist', score, greylisting);
  if (score >= thresholds.greylistScore) return scored('greylist', score);
  return withoutGreylist({ found, vouched, score, thresholds });
}

/**
 * The verdict before the message is whole: `accept`, `defer` or `refuse`. No score decides yet, and what means Junk or
 * greylisting waits for the whole message.
 */
export function combineEarly(judged: readonly JudgedCheck[]): PolicyVerdict {
  const early = judged.map((one) => (waits.has(one.action) ? { ...one, action: 'score' as const } : one));
  return combineFindings(early, noThresholds);
}

const waits: ReadonlySet<JudgedCheck['action']> = new Set(['junk', 'greylist', 'discard']);

/** The verdict on the same findings once greylisting has nothing against it. */
export function combineUnlisted(judged: readonly JudgedCheck[], thresholds: Thresholds): PolicyVerdict {
  const never = { ...thresholds, greylistScore: Number.POSITIVE_INFINITY };
  const unlisted = judged.map((one) =>
    one.action === 'greylist' ? { ...one, action: 'score' as const } : one,
  );
  return combineFindings(unlisted, never);
}

interface Rest {
  readonly found: readonly Found[];
  readonly vouched: boolean;
  readonly score: number;
  readonly thresholds: Thresholds;
}

function withoutGreylist({ found, vouched, score, thresholds }: Rest): PolicyVerdict {
  const junking = found.find(
    ({ judged: { action, check } }) => action === 'junk' && (!vouched || check.class === 'authentication'),
  );
  if (junking !== undefined) return verdict('junk', score, junking);
  if (score >= thresholds.junkScore) return scored('junk', score);
  return { action: 'accept', by: 'policy', score, reason: 'nothing speaks against it', reply: nothing };
}

function verdict(action: PolicyVerdict['action'], score: number, { judged, finding }: Found): PolicyVerdict {
  const { reason, reply, mark } = finding;
  return { action, by: judged.check.name, score, reason, reply, ...(mark === undefined ? {} : { mark }) };
}

function scored(action: PolicyVerdict['action'], score: number): PolicyVerdict {
  return { action, by: 'score', score, reason: 'several findings together', reply: byScore };
}
