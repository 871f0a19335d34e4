import { ok } from '#base/result.ts';
import { addressType } from '../../address-bytes.ts';
import { expandTarget } from '../expand-target.ts';
import { isAmong } from './address-match.ts';
import type { Matcher } from './matcher.ts';

/** RFC 7208 §5.3: the name has the client's address. */
export const matchA: Matcher<'a'> = function* ({ domainSpec, cidr }, place, evaluation) {
  const target = yield* expandTarget(domainSpec, place, evaluation);
  if (!target.ok) return target;
  if (target.value === undefined) return ok(false);
  const answer = yield* evaluation.askForTerm(target.value, addressType(evaluation.client), place);
  return answer.ok ? ok(isAmong(answer.value, evaluation.client, cidr)) : answer;
};
