import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { now } from '#base/steps.ts';
import type { Steps } from '#base/steps.ts';
import type { DnsRecord } from '#platform/resolver.ts';
import { addressBytes, addressType } from './address-bytes.ts';
import type { BoundedQuestions, QuestionFailure } from './bounded-questions.ts';

/** Names of one address that are followed; the rest is passed over (RFC 7208 §4.6.4, §5.5). */
export const reverseNamesMax = 10;

/** Whether a name that an address's owner claims leads back to the address (RFC 8601 §3, RFC 7208 §5.5). */
export function* leadsBack(
  name: string,
  client: Uint8Array,
  questions: BoundedQuestions,
): Steps<Result<boolean, QuestionFailure>> {
  const answer = yield* now(questions.ask(name, addressType(client)));
  return answer.ok ? ok(addressesOf(answer.value).some((bytes) => isSame(bytes, client))) : answer;
}

/** The addresses of an answer; what is none is passed over. */
export function addressesOf(records: readonly DnsRecord[]): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const record of records) {
    const bytes = record.type === 'A' || record.type === 'AAAA' ? addressBytes(record.data) : undefined;
    if (bytes !== undefined) found.push(bytes);
  }
  return found;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, index) => octet === other[index]);
}
