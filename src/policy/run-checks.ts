import { andThen } from '#base/and-then.ts';
import type { Awaitable } from '#base/result.ts';
import type { AnyCheck } from './check.ts';
import { findFact } from './facts.ts';
import { judgeCheck } from './judge-check.ts';
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
  return andThen(runPlain(lists.plain.filter(isOn), parts), (judged) => {
    if (!parts.mayAsk || judged.some(refuses)) return judged;
    const asking = lists.asking.filter(isOn);
    return asking.length === 0 ? judged : joined(judged, { asking, parts, places: lists.places });
  });
}

/** In order, until one refuses. */
function runPlain(checks: readonly AnyCheck[], parts: JudgeParts): Awaitable<readonly JudgedCheck[]> {
  const judged: JudgedCheck[] = [];
  for (const [index, check] of checks.entries()) {
    const one = judgeCheck(check, parts);
    if (one instanceof Promise)
      return one.then((late) => runRest(checks.slice(index + 1), [...judged, late], parts));
    judged.push(one);
    if (refuses(one)) break;
  }
  return judged;
}

async function runRest(
  checks: readonly AnyCheck[],
  judged: readonly JudgedCheck[],
  parts: JudgeParts,
): Promise<readonly JudgedCheck[]> {
  if (judged.some(refuses)) return judged;
  return [...judged, ...(await runPlain(checks, parts))];
}

interface Asking {
  readonly asking: readonly AnyCheck[];
  readonly parts: JudgeParts;
  readonly places: CheckLists['places'];
}

async function joined(
  judged: readonly JudgedCheck[],
  { asking, parts, places }: Asking,
): Promise<readonly JudgedCheck[]> {
  const asked = await allOf(asking.map((check) => judgeCheck(check, parts)));
  const place = ({ check }: JudgedCheck): number => places.get(check) ?? 0;
  return [...judged, ...asked].sort((a, b) => place(a) - place(b));
}

/** As `Promise.all`, without a promise for each that is there already. */
async function allOf(judged: readonly Awaitable<JudgedCheck>[]): Promise<readonly JudgedCheck[]> {
  const all = [...judged];
  await Promise.all(
    all.flatMap((one, index) =>
      one instanceof Promise ? [one.then((late) => void (all[index] = late))] : [],
    ),
  );
  return all as readonly JudgedCheck[];
}

function refuses({ judgement, action }: JudgedCheck): boolean {
  return judgement.kind === 'finding' && action === 'refuse';
}
