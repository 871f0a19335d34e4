import type { ClientAddress } from '#base/client-address.ts';
import type { Awaitable } from '#base/result.ts';
import { now, walk } from '#base/steps.ts';
import type { Steps } from '#base/steps.ts';
import type { Clock } from '#platform/clock.ts';
import type { DnsRecord, Resolver } from '#platform/resolver.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import { addressBytes, reverseName } from './address-bytes.ts';
import { BoundedQuestions } from './bounded-questions.ts';
import { askableName, nameBytesMax } from './dns-name.ts';
import { leadsBack, reverseNamesMax } from './forward-confirmation.ts';
import type { IprevFinding, IprevOutcome } from './iprev-outcome.ts';

/** All questions together: clearly less than the four seconds that the envelope of a message has for them (S-09, P-28). */
export const iprevMs = 3_500;

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
export function checkIprev(address: ClientAddress, world: IprevWorld): Awaitable<IprevOutcome> {
  return walk(judge(address, world));
}

interface IprevWorld {
  readonly resolver: Resolver;
  readonly clock: Clock;
}

function* judge(address: ClientAddress, world: IprevWorld): Steps<IprevOutcome> {
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

  const reverse = yield* now(questions.ask(reverseName(client), 'PTR'));
  if (!reverse.ok) return outcome('unanswered', []);
  if (reverse.value.length === 0) return outcome('no-name', []);
  const claimed = reverse.value.slice(0, reverseNamesMax).map(claimedName);
  const shown = claimed.map((name) => cleanForeignText(name, nameBytesMax));
  const { finding, name } = yield* confirm(claimed, client, questions);
  return outcome(finding, shown, name);
}

/** The first name that leads back; where none does, whether all of them were answered. */
function* confirm(
  claimed: readonly string[],
  client: Uint8Array,
  questions: BoundedQuestions,
): Steps<{ readonly finding: IprevFinding; readonly name?: string }> {
  let finding: IprevFinding = 'unconfirmed';
  for (const name of claimed.map(hostName).filter((host) => host !== undefined)) {
    const confirmed = yield* leadsBack(name, client, questions);
    if (!confirmed.ok) finding = 'unanswered';
    else if (confirmed.value) return { finding: 'confirmed', name };
  }
  return { finding };
}

function claimedName(record: DnsRecord): string {
  return record.type === 'PTR' ? record.data : '';
}

/** A name goes into header fields and rules, so only what a host can be called is followed; underscores occur. */
function hostName(text: string): string | undefined {
  const name = askableName(text);
  return name !== undefined && /^[a-z0-9_.-]+$/.test(name) ? name : undefined;
}
