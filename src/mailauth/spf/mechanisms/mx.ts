import { ok } from '#base/result.ts';
import type { DnsRecord } from '#platform/resolver.ts';
import { addressType } from '../../address-bytes.ts';
import { askableName } from '../../dns-name.ts';
import { expandTarget } from '../expand-target.ts';
import { stop } from '../spf-evaluation.ts';
import { exchangersMax } from '../spf-limits.ts';
import { isAmong } from './address-match.ts';
import type { Matcher } from './matcher.ts';

/** RFC 7208 §5.4: one of the name's mail exchangers has the client's address; without MX nobody has. */
export const matchMx: Matcher<'mx'> = function* ({ domainSpec, cidr }, place, evaluation) {
  const target = yield* expandTarget(domainSpec, place, evaluation);
  if (!target.ok) return target;
  if (target.value === undefined) return ok(false);
  const answer = yield* evaluation.askForTerm(target.value, 'MX', place);
  if (!answer.ok) return answer;
  const exchangers = exchangersOf(answer.value);
  if (exchangers.length > exchangersMax) {
    return stop('too-many-exchangers', place, `more than ${exchangersMax} mail exchangers`);
  }
  for (const name of exchangers) {
    const addresses = yield* evaluation.ask(name, addressType(evaluation.client), place);
    if (!addresses.ok) return addresses;
    if (isAmong(addresses.value, evaluation.client, cidr)) return ok(true);
  }
  return ok(false);
};

/** By preference, so that it does not change with the order of an answer; without `.` (RFC 7505). */
function exchangersOf(records: readonly DnsRecord[]): readonly string[] {
  return records
    .filter((record) => record.type === 'MX')
    .toSorted((a, b) => a.preference - b.preference)
    .map((record) => askableName(record.exchange))
    .filter((name) => name !== undefined);
}
