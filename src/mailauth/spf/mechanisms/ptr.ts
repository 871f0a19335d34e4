import { ok } from '#base/result.ts';
import { expandTarget } from '../expand-target.ts';
import { hasNameIn } from '../validated-names.ts';
import type { Matcher } from './matcher.ts';

/** RFC 7208 §5.5: a confirmed name of the client lies in the domain. */
export const matchPtr: Matcher<'ptr'> = function* ({ domainSpec }, place, evaluation) {
  const target = yield* expandTarget(domainSpec, place, evaluation);
  if (!target.ok) return target;
  return target.value === undefined ? ok(false) : yield* hasNameIn(target.value, place, evaluation);
};
