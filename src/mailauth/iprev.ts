import type { ClientAddress } from '#base/client-address.ts';
import type { Clock } from '#platform/clock.ts';
import type { DnsRecord, Resolver } from '#platform/resolver.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import { addressBytes, reverseName } from './address-bytes.ts';
import { BoundedQuestions } from './bounded-questions.ts';
import { askableName, nameBytesMax } from './dns-name.ts';
import { leadsBack } from './forward-confirmation.ts';
import type { IprevFinding, IprevOutcome } from './iprev-outcome.ts';

/** Names that are followed; an address with more is a mass host, and the rest says nothing new (RFC 7208 §5.5). */
export const reverseNamesMax = 10;
/** All questions together; a client waits for its greeting or its first reply meanwhile (S-09). */
export const iprevMs = 10_000;

const resultOf = {
  confirmed: 'pass',
  unconfirmed: 'fail',
  'no-name': 'permerror',
  unanswered: 'temperror',
} as const satisfies Record<IprevFinding, IprevOutcome['result']>;

/**
 * The reverse name of a client, confirmed forward (RFC 8601 §3, P-15). Never rejects. A name that the DNS does not
 * answer for leaves the question open, unless another one leads back.
 */
export async function checkIprev(
  address: ClientAddress,
  world: { readonly resolver: Resolver; readonly clock: Clock },
): Promise<IprevOutcome> {
  const client = addressBytes(address);
  if (client === undefined) throw new Error('a client address that is none');
  const questions = new BoundedQuestions(world, { queriesMax: 1 + reverseNamesMax, totalMs: iprevMs });
  const outcome = (finding: IprevFinding, names: readonly string[], name?: string): IprevOutcome => ({
    finding,
    result: resultOf[finding],
    ...(name === undefined ? {} : { name }),
    names,
    asked: questions.asked,
  });

  const reverse = await questions.ask(reverseName(client), 'PTR');
  if (!reverse.ok) return outcome('unanswered', []);
  if (reverse.value.length === 0) return outcome('no-name', []);
  const claimed = reverse.value.slice(0, reverseNamesMax).map(claimedName);
  const shown = claimed.map((name) => cleanForeignText(name, nameBytesMax));
  let unanswered = false;
  for (const name of claimed) {
    const host = hostName(name);
    if (host === undefined) continue;
    const confirmed = await leadsBack(host, client, questions);
    if (confirmed.ok && confirmed.value) return outcome('confirmed', shown, host);
    unanswered ||= !confirmed.ok;
  }
  return outcome(unanswered ? 'unanswered' : 'unconfirmed', shown);
}

function claimedName(record: DnsRecord): string {
  return record.type === 'PTR' ? record.data : '';
}

/** A name goes into header fields and rules, so only what a host can be called is followed; underscores occur. */
function hostName(text: string): string | undefined {
  const name = askableName(text);
  return name !== undefined && /^[a-z0-9_.-]+$/.test(name) ? name : undefined;
}
