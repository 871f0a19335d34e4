import type { TraceRecord } from '#trace/record.ts';
import { checks } from './checks.ts';
import type { PolicyVerdict } from './combine-findings.ts';
import { combineFindings, combineUnlisted } from './combine-findings.ts';
import type { JudgedCheck } from './judge-check.ts';
import type { OwnNames } from './own-names.ts';
import type { PolicyValues } from './policy-values.ts';
import { RecordedFacts } from './recorded-facts.ts';
import { checkLists, runChecks } from './run-checks.ts';

/** Verdicts that policy gave; what other parts refused, as an unknown recipient, no setting of policy changes. */
const byPolicy: ReadonlySet<string> = new Set([
  ...checks.map(({ name }) => name),
  'score',
  'greylist',
  'queue',
]);

/**
 * Judges a recorded message anew under other settings, by what was known then (N-3). `undefined`: the record holds
 * nothing that these settings could change. `let-on`: it would have been let on to send what nobody has seen.
 */
export async function replayRecord(
  record: TraceRecord,
  { values, own }: { readonly values: PolicyValues; readonly own: OwnNames },
): Promise<PolicyVerdict['action'] | 'let-on' | undefined> {
  const facts = RecordedFacts.of(record, own);
  if (facts === undefined || !byPolicy.has(record.verdict.by)) return undefined;
  const run = (stage: 'envelope' | 'message'): readonly JudgedCheck[] | Promise<readonly JudgedCheck[]> => {
    const known = checks.filter((check) => check.reads.every((name) => facts.has(name)));
    const wanted = known.filter((check) => (check.stage === 'message') === (stage === 'message'));
    return runChecks(checkLists(wanted), { facts, values, mayAsk: facts.isAsked, clock: still });
  };
  const envelope = await run('envelope');
  const early = combineFindings(envelope, noThresholds);
  if (early.action !== 'accept') return early.action;
  if (!facts.isWhole) return 'let-on';
  const judged = [...envelope, ...(await run('message'))];
  const verdict = combineFindings(judged, values);
  if (verdict.action !== 'greylist' || (values.greylisting && !wasKnown(record))) return verdict.action;
  return combineUnlisted(judged, values).action;
}

/** What greylisting answered then; who was not asked about counts as unknown. */
function wasKnown({ steps }: TraceRecord): boolean {
  return steps.some(({ check, outcome }) => check === 'greylist' && outcome === 'pass');
}

const still = { monotonic: () => 0 };

const noThresholds = {
  junkScore: Number.POSITIVE_INFINITY,
  refuseScore: Number.POSITIVE_INFINITY,
  greylistScore: Number.POSITIVE_INFINITY,
};
