import { ok } from '#base/result.ts';
import type { Steps } from '#base/steps.ts';
import type { DnsRecord } from '#platform/resolver.ts';
import { reverseName } from '../address-bytes.ts';
import { askableName } from '../dns-name.ts';
import { leadsBack, reverseNamesMax } from '../forward-confirmation.ts';
import { unanswered } from './spf-evaluation.ts';
import type { SpfEvaluation, SpfPlace, Unstopped } from './spf-evaluation.ts';

/** `%{p}` (RFC 7208 §7.3): the domain itself, else a name below it, else any name that leads back, else `unknown`. */
export function* clientName(place: SpfPlace, evaluation: SpfEvaluation): Steps<Unstopped<string>> {
  const claimed = claimedNames(yield* evaluation.askForTerm(reverseName(evaluation.client), 'PTR', place));
  if (!claimed.ok) return claimed;
  const rank = (name: string): number => (name === place.domain ? 0 : isBelow(name, place.domain) ? 1 : 2);
  const best = claimed.value.toSorted((a, b) => rank(a) - rank(b));
  const found = yield* firstThatLeadsBack(best, place, evaluation);
  return found.ok ? ok(found.value ?? 'unknown') : found;
}

/** Whether a name of the client, at `domain` or below it, leads back to it (RFC 7208 §5.5). */
export function* hasNameIn(
  domain: string,
  place: SpfPlace,
  evaluation: SpfEvaluation,
): Steps<Unstopped<boolean>> {
  const claimed = claimedNames(yield* evaluation.askForTerm(reverseName(evaluation.client), 'PTR', place));
  if (!claimed.ok) return claimed;
  const fitting = claimed.value.filter((name) => name === domain || isBelow(name, domain));
  const found = yield* firstThatLeadsBack(fitting, place, evaluation);
  return found.ok ? ok(found.value !== undefined) : found;
}

/** The first ten; none if the DNS does not say (RFC 7208 §5.5), because only the client is to blame for that. */
function claimedNames(answer: Unstopped<readonly DnsRecord[]>): Unstopped<readonly string[]> {
  if (!answer.ok) return answer.error.problem.code === 'dns' ? ok([]) : answer;
  const names = answer.value
    .slice(0, reverseNamesMax)
    .map((record) => (record.type === 'PTR' ? askableName(record.data) : undefined));
  return ok(names.filter((name) => name !== undefined));
}

function* firstThatLeadsBack(
  names: readonly string[],
  place: SpfPlace,
  { client, questions }: SpfEvaluation,
): Steps<Unstopped<string | undefined>> {
  for (const name of names) {
    const confirmed = yield* leadsBack(name, client, questions);
    if (confirmed.ok && confirmed.value) return ok(name);
    // "If a DNS error occurs while doing an A RR lookup, then that domain name is skipped" (§5.5).
    if (!confirmed.ok && confirmed.error !== 'no-answer') return unanswered(confirmed.error, place);
  }
  return ok(undefined);
}

function isBelow(name: string, domain: string): boolean {
  return name.endsWith(`.${domain}`);
}
