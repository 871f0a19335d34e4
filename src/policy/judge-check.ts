import { andThen } from '#base/and-then.ts';
import type { Awaitable } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { AnyCheck } from './check.ts';
import { isProven, networkEntryFor } from './exception.ts';
import type { FactReader } from './fact.ts';
import { GatheredFacts } from './gathered-facts.ts';
import type { CheckFinding, Judgement } from './judgement.ts';
import type { CheckValues, PolicyValues } from './policy-values.ts';
import type { CheckAction } from './stage.ts';
import { isAtLeast, milder } from './stage.ts';

/** What judging needs beside the check. */
export interface JudgeParts {
  readonly facts: FactReader;
  readonly values: Pick<PolicyValues, 'check'>;
  /** False for clients that are exempt from DNS checks: nobody is asked on their behalf. */
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

/** Finds out the facts that a check names, and lets it judge them; at once when nobody has to be asked. */
export function judgeCheck(check: AnyCheck, parts: JudgeParts): Awaitable<JudgedCheck> {
  return andThen(new GatheredFacts(parts).gather([check]), (gathered) =>
    judgeGathered(check, gathered, parts),
  );
}

/** Lets a check judge facts that are there. */
export function judgeGathered(
  check: AnyCheck,
  gathered: GatheredFacts,
  parts: JudgeParts,
): Awaitable<JudgedCheck> {
  // The table has forgotten which facts it takes; those that it names are there.
  const judgement = check.judge(gathered.found as never);
  return weigh(check, { judgement, parts, ms: gathered.msOf(check) });
}

/** The same judgement under other values. */
export function weighAgain({ check, judgement, ms }: JudgedCheck, parts: JudgeParts): Awaitable<JudgedCheck> {
  return weigh(check, { judgement, parts, ms });
}

interface Weighing {
  readonly judgement: Judgement;
  readonly parts: JudgeParts;
  readonly ms: number;
}

function weigh(check: AnyCheck, { judgement, parts, ms }: Weighing): Awaitable<JudgedCheck> {
  const values = parts.values.check(check.name);
  if (judgement.kind !== 'finding') return { check, judgement, action: values.action, score: 0, ms };
  return andThen(exceptionFor(values, parts), (excepted) => ({
    check,
    judgement,
    ms,
    ...(excepted === undefined ? weightOf(judgement, values) : { action: 'note', score: 0, excepted }),
  }));
}

function weightOf(
  { atMost, share = 1 }: CheckFinding,
  values: CheckValues,
): Pick<JudgedCheck, 'action' | 'score'> {
  const action = milder(values.action, atMost ?? values.action);
  return { action, score: isAtLeast(action, 'score') ? Math.round(values.weight * share) : 0 };
}

function exceptionFor({ except }: CheckValues, { facts, mayAsk }: JudgeParts): Awaitable<string | undefined> {
  if (except.length === 0) return undefined;
  if (mayAsk) return isProven(except, facts);
  return andThen(facts.read('client'), ({ address }) => networkEntryFor(except, address));
}
