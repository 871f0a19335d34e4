import type { TraceRecord, TraceStep } from '#trace/record.ts';
import type { AnyCheck } from './check.ts';
import { checks } from './checks.ts';
import type { PolicyVerdict } from './combine-findings.ts';
import { combineEarly, combineFindings, combineUnlisted } from './combine-findings.ts';
import type { FactName, FactTable } from './fact-table.ts';
import { findFact } from './facts.ts';
import type { JudgedCheck } from './judge-check.ts';
import { lenient } from './lenient.ts';
import type { OwnNames } from './own-names.ts';
import type { PolicyValues } from './policy-values.ts';
import { RecordedFacts } from './recorded-facts.ts';
import { checkLists, runChecks } from './run-checks.ts';

/** Verdicts that policy gave; what other parts refused, as an unknown recipient, no setting of policy changes. */
const byPolicy: ReadonlySet<string> = new Set([...checks.map(({ name }) => name), 'score', 'greylist']);

/** `let-on`: it would have been let on to send what nobody has seen. */
export type ReplayedAction = PolicyVerdict['action'] | 'let-on';

export interface ReplayWish {
  readonly values: PolicyValues;
  readonly own: OwnNames;
  /** Facts that are taken to have been otherwise. */
  readonly facts?: Partial<FactTable>;
  /** What is laid beside the findings, as an entry of a list that is not there. */
  readonly beside?: readonly JudgedCheck[];
  /** Taken to be known to greylisting, or not; as it was then where left out. */
  readonly isKnown?: boolean;
}

export interface Replayed {
  readonly action: ReplayedAction;
  readonly verdict: PolicyVerdict;
  /** What the checks came to, in the order of the table. */
  readonly judged: readonly JudgedCheck[];
  /** Checks that are on and would have been run, but of whose facts the record says nothing: nobody asked then. */
  readonly unasked: readonly string[];
}

/**
 * Judges a recorded message anew under other settings, by what was known then (N-3). `undefined`: the record holds
 * nothing that these settings could change.
 */
export async function replayRecord(
  record: TraceRecord,
  wish: Pick<ReplayWish, 'values' | 'own'>,
): Promise<ReplayedAction | undefined> {
  return (await replayWhole(record, wish))?.action;
}

/** The same, with all that it rests on. */
export async function replayWhole(record: TraceRecord, wish: ReplayWish): Promise<Replayed | undefined> {
  try {
    return await judgeRecord(record, wish);
  } catch {
    // Another version wrote it, with facts of another shape: nothing can be said of it, and of the others it can.
    return undefined;
  }
}

async function judgeRecord(record: TraceRecord, wish: ReplayWish): Promise<Replayed | undefined> {
  const known = RecordedFacts.of(record, wish.own);
  if (known === undefined || !isByPolicy(record)) return undefined;
  const facts = wish.facts === undefined ? known : known.but(wish.facts);
  const { values, beside = [] } = wish;
  const envelope = await runStage({ record, facts, values, stage: envelopeStage });
  const before = [...beside, ...envelope.judged];
  const early = combineEarly(before);
  if (early.action !== 'accept' && !wentOn(record, facts))
    return { action: early.action, verdict: early, ...envelope };
  if (!facts.isWhole) return { action: 'let-on', verdict: early, ...envelope };
  const message = await runStage({ record, facts, values, stage: messageStage });
  const judged = [...before.map(lenient), ...message.judged];
  const verdict = decide({ record, wish, judged });
  return { action: verdict.action, verdict, judged, unasked: [...envelope.unasked, ...message.unasked] };
}

/** It was taken, or not taken, for what policy found; never for what a queue or a session did. */
export function isByPolicy({ verdict: { by, action } }: TraceRecord): boolean {
  return byPolicy.has(by) || (by === 'queue' && action === 'accept');
}

/** The checks of a stage, sorted once: a replay goes through many records. */
interface ReplayedStage {
  readonly rows: readonly AnyCheck[];
  readonly asking: readonly AnyCheck[];
  /** Those that ask nobody, by name: they run first. */
  readonly plain: ReadonlySet<string>;
}

function replayedStage(rows: readonly AnyCheck[]): ReplayedStage {
  const { plain, asking } = checkLists(rows);
  return { rows, asking, plain: new Set(plain.map(({ name }) => name)) };
}

const envelopeStage = replayedStage(checks.filter(({ stage }) => stage !== 'message'));
const messageStage = replayedStage(checks.filter(({ stage }) => stage === 'message'));

/** An envelope was refused, and the message came all the same: to a reserved name (S-03). */
function wentOn({ steps }: TraceRecord, facts: RecordedFacts): boolean {
  const refused = ({ stage, check, action }: TraceStep): boolean =>
    stage !== 'message' && byPolicy.has(check) && isRefusal(action);
  return facts.isWhole && steps.some(refused);
}

function isRefusal(action: string | undefined): boolean {
  return action === 'refuse' || action === 'defer';
}

function decide({
  record,
  wish: { values, isKnown = wasKnown(record) },
  judged,
}: {
  readonly record: TraceRecord;
  readonly wish: ReplayWish;
  readonly judged: readonly JudgedCheck[];
}): PolicyVerdict {
  const verdict = combineFindings(judged, values);
  if (verdict.action !== 'greylist' || (values.greylisting && !isKnown)) return verdict;
  return combineUnlisted(judged, values);
}

/** What greylisting answered then; who was not asked about counts as unknown. */
function wasKnown({ steps }: TraceRecord): boolean {
  return steps.some(({ check, outcome }) => check === 'greylist' && outcome === 'pass');
}

interface Stage {
  readonly record: TraceRecord;
  readonly facts: RecordedFacts;
  readonly values: PolicyValues;
  readonly stage: ReplayedStage;
}

async function runStage({
  record,
  facts,
  values,
  stage,
}: Stage): Promise<Pick<Replayed, 'judged' | 'unasked'>> {
  const mayAsk = facts.isAsked;
  const known = stage.rows.filter((row) => row.reads.every((name) => facts.has(name)));
  const judged = await runChecks(checkLists(known), { facts, values, mayAsk, clock: still });
  if (!mayAsk || judged.some(({ judgement, action }) => judgement.kind === 'finding' && action === 'refuse'))
    return { judged, unasked: [] };
  const stopped = stoppedAsking(record, stage);
  const unasked = stage.asking.filter(
    (row) =>
      values.check(row.name).action !== 'off' &&
      (!known.includes(row) || (stopped && row.reads.some((name) => isUnanswered(record, name)))),
  );
  return { judged, unasked: unasked.map(({ name }) => name) };
}

/** A check that asks nobody refused at this stage, so that nobody was asked. */
function stoppedAsking({ steps }: TraceRecord, { plain }: ReplayedStage): boolean {
  return steps.some(({ check, action }) => action === 'refuse' && plain.has(check));
}

/** It has to be asked for, and the record holds no answer. */
function isUnanswered({ facts }: TraceRecord, name: FactName): boolean {
  return findFact(name).asks !== 'nobody' && !(name in facts);
}

const still = { monotonic: () => 0 };
