import { andThen } from '#base/and-then.ts';
import type { Awaitable } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { AnyCheck } from './check.ts';
import { isProven, networkEntryFor } from './exception.ts';
import type { FactReader } from './fact.ts';
import { findFact } from './facts.ts';
import type { Judgement } from './judgement.ts';
import type { CheckValues, PolicyValues } from './policy-values.ts';
import type { CheckAction } from './stage.ts';
import { isAtLeast, milder } from './stage.ts';

export interface ChecksRun {
  /** In the order of the table. */
  readonly checks: readonly AnyCheck[];
  readonly facts: FactReader;
  readonly values: Pick<PolicyValues, 'check'>;
  /** False for clients that are exempt from DNS checks: those are left out. */
  readonly mayAsk: boolean;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** What one check came to. */
export interface JudgedCheck {
  readonly check: AnyCheck;
  readonly judgement: Judgement;
  /** What is done for it; `note` where an exception holds. */
  readonly action: CheckAction;
  readonly score: number;
  /** The entry of the check's exceptions that holds. */
  readonly excepted?: string;
  readonly ms: number;
}

/**
 * Runs checks as DESIGN §5 says: those that ask nobody first, in order; if none of them refuses, the others at once. What
 * comes out stands in the order of the table, whoever answered first. Comes at once when nobody has to be asked.
 */
export function runChecks(run: ChecksRun): Awaitable<readonly JudgedCheck[]> {
  const live = run.checks.filter(({ name }) => run.values.check(name).action !== 'off');
  const plain = live.filter(asksNobody);
  const others = run.mayAsk ? live.filter((row) => !asksNobody(row)) : [];
  const judged = runPlain(plain, run);
  if (judged === undefined) return runAll(plain, others, run);
  if (others.length === 0 || judged.some(refuses)) return judged;
  return joined(judged, others, run);
}

/** Whether all that a check reads is known without asking anybody. */
export function asksNobody(check: AnyCheck): boolean {
  return check.reads.every((name) => findFact(name).asks === 'nobody');
}

/** `undefined`: something has to be waited for after all (an exception that must be looked at). */
function runPlain(checks: readonly AnyCheck[], run: ChecksRun): readonly JudgedCheck[] | undefined {
  const judged: JudgedCheck[] = [];
  for (const check of checks) {
    const one = judgeCheck(check, run);
    if (one instanceof Promise) return undefined;
    judged.push(one);
    if (refuses(one)) break;
  }
  return judged;
}

async function runAll(
  plain: readonly AnyCheck[],
  others: readonly AnyCheck[],
  run: ChecksRun,
): Promise<readonly JudgedCheck[]> {
  const judged: JudgedCheck[] = [];
  for (const check of plain) {
    const one = await judgeCheck(check, run);
    judged.push(one);
    if (refuses(one)) return judged;
  }
  return joined(judged, others, run);
}

async function joined(
  judged: readonly JudgedCheck[],
  others: readonly AnyCheck[],
  run: ChecksRun,
): Promise<readonly JudgedCheck[]> {
  const asked = await Promise.all(others.map(async (check) => judgeCheck(check, run)));
  const place = new Map(run.checks.map((check, index) => [check, index]));
  return [...judged, ...asked].sort((a, b) => (place.get(a.check) ?? 0) - (place.get(b.check) ?? 0));
}

function refuses({ judgement, action }: JudgedCheck): boolean {
  return judgement.kind === 'finding' && action === 'refuse';
}

function judgeCheck(check: AnyCheck, run: ChecksRun): Awaitable<JudgedCheck> {
  const startMs = run.clock.monotonic();
  const values: readonly unknown[] = check.reads.map((name) => run.facts.read(name));
  const judged = values.some((value) => value instanceof Promise)
    ? Promise.all(values).then((known) => judgeFacts(check, known))
    : judgeFacts(check, values);
  const finish = (judgement: Judgement): Awaitable<JudgedCheck> =>
    weigh(check, { judgement, run, startMs, values: run.values.check(check.name) });
  return judged instanceof Promise ? judged.then(finish) : finish(judged);
}

function judgeFacts(check: AnyCheck, values: readonly unknown[]): Judgement {
  const facts = Object.fromEntries(check.reads.map((name, index) => [name, values[index]]));
  // The table has forgotten which facts it takes; these are exactly those that it names.
  return check.judge(facts as never);
}

interface Weighing {
  readonly judgement: Judgement;
  readonly values: CheckValues;
  readonly run: ChecksRun;
  readonly startMs: number;
}

function weigh(check: AnyCheck, { judgement, values, run, startMs }: Weighing): Awaitable<JudgedCheck> {
  const made = (excepted: string | undefined): JudgedCheck => {
    const ms = run.clock.monotonic() - startMs;
    if (judgement.kind !== 'finding') return { check, judgement, action: values.action, score: 0, ms };
    if (excepted !== undefined) return { check, judgement, action: 'note', score: 0, excepted, ms };
    const action = milder(values.action, judgement.atMost ?? values.action);
    const score = isAtLeast(action, 'score') ? Math.round(values.weight * (judgement.share ?? 1)) : 0;
    return { check, judgement, action, score, ms };
  };
  if (judgement.kind !== 'finding' || values.except.length === 0) return made(undefined);
  if (run.mayAsk) return isProven(values.except, run.facts).then(made);
  return andThen(run.facts.read('client'), ({ address }) => made(networkEntryFor(values.except, address)));
}
