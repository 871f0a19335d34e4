import { allOf } from '#base/all-of.ts';
import { andThen } from '#base/and-then.ts';
import type { Awaitable } from '#base/result.ts';
import type { AnyCheck } from './check.ts';
import { findFact } from './facts.ts';
import { GatheredFacts } from './gathered-facts.ts';
import { judgeGathered } from './judge-check.ts';
import type { JudgedCheck, JudgeParts } from './judge-check.ts';

/** Checks of some stages, sorted once by whether they ask. */
export interface CheckLists {
  readonly plain: readonly AnyCheck[];
  readonly asking: readonly AnyCheck[];
  /** Of each in the table. */
  readonly places: ReadonlyMap<AnyCheck, number>;
}

export function checkLists(checks: readonly AnyCheck[]): CheckLists {
  return {
    plain: checks.filter(asksNobody),
    asking: checks.filter((check) => !asksNobody(check)),
    places: new Map(checks.map((check, index) => [check, index])),
  };
}

/** Whether all that a check reads is known without asking anybody. */
function asksNobody(check: AnyCheck): boolean {
  return check.reads.every((name) => findFact(name).asks === 'nobody');
}

/**
 * Runs checks as DESIGN §5 says: those that ask nobody first, in order; if none of them refuses, the others at once. What
 * comes out stands in the order of the table, whoever answered first. Comes at once when nobody has to be asked.
 */
export function runChecks(lists: CheckLists, parts: JudgeParts): Awaitable<readonly JudgedCheck[]> {
  const isOn = ({ name }: AnyCheck): boolean => parts.values.check(name).action !== 'off';
  const run: Run = { parts, gathered: new GatheredFacts(parts), places: lists.places };
  return andThen(runPlain(lists.plain.filter(isOn), run), (judged) => {
    if (!parts.mayAsk || judged.some(refuses)) return judged;
    const asking = lists.asking.filter(isOn);
    return asking.length === 0 ? judged : joined(judged, asking, run);
  });
}

interface Run {
  readonly parts: JudgeParts;
  readonly gathered: GatheredFacts;
  readonly places: CheckLists['places'];
}

/** In order, until one refuses. */
function runPlain(checks: readonly AnyCheck[], run: Run): Awaitable<readonly JudgedCheck[]> {
  const judged: JudgedCheck[] = [];
  for (const [index, check] of checks.entries()) {
    const one = judgeOne(check, run);
    if (one instanceof Promise)
      return one.then((late) => runRest(checks.slice(index + 1), [...judged, late], run));
    judged.push(one);
    if (refuses(one)) break;
  }
  return judged;
}

function judgeOne(check: AnyCheck, { parts, gathered }: Run): Awaitable<JudgedCheck> {
  return andThen(gathered.gather([check]), () => judgeGathered(check, gathered, parts));
}

async function runRest(
  checks: readonly AnyCheck[],
  judged: readonly JudgedCheck[],
  run: Run,
): Promise<readonly JudgedCheck[]> {
  if (judged.some(refuses)) return judged;
  return [...judged, ...(await runPlain(checks, run))];
}

/** Once all that they ask for is answered: no verdict comes before that. */
function joined(
  judged: readonly JudgedCheck[],
  asking: readonly AnyCheck[],
  { parts, gathered, places }: Run,
): Awaitable<readonly JudgedCheck[]> {
  const place = ({ check }: JudgedCheck): number => places.get(check) ?? 0;
  return andThen(gathered.gather(asking), () =>
    andThen(allOf(asking.map((check) => judgeGathered(check, gathered, parts))), (asked) =>
      [...judged, ...asked].sort((a, b) => place(a) - place(b)),
    ),
  );
}

function refuses({ judgement, action }: JudgedCheck): boolean {
  return judgement.kind === 'finding' && action === 'refuse';
}
