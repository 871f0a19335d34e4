import { ok } from '#base/result.ts';
import { expandTarget } from '../expand-target.ts';
import type { Matcher } from './matcher.ts';

/** RFC 7208 §5.7: the name has an IPv4 address, whatever it is and whatever the client's is. */
export const matchExists: Matcher<'exists'> = function* ({ domainSpec }, place, evaluation) {
  const target = yield* expandTarget(domainSpec, place, evaluation);
  if (!target.ok) return target;
  if (target.value === undefined) return ok(false);
  const answer = yield* evaluation.askForTerm(target.value, 'A', place);
  return answer.ok ? ok(answer.value.length > 0) : answer;
};
