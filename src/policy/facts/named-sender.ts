import type { Domain } from '#mail/domain.ts';
import { isProven } from '../exception.ts';
import type { Fact, FactReader } from '../fact.ts';
import type { NamedSenderFact } from '../fact-table.ts';
import { namedSenderKind } from '../named-sender.ts';
import type { NamedSender } from '../named-sender.ts';
import { isWithin, wasUnanswered } from '../way-proof.ts';

const nobody: NamedSenderFact = { open: false };

/** Whether the message comes from somebody who was named as a sender for its author's or sender's domain (P-18). */
export const namedSenderFact: Fact<'namedSender'> = {
  name: 'namedSender',
  stage: 'message',
  asks: 'dns',
  absent: () => nobody,
  compute: ({ namedSenders }, facts) => (namedSenders.length === 0 ? nobody : sought(namedSenders, facts)),
  record: (fact) => (fact.author === undefined && fact.sender === undefined && !fact.open ? undefined : fact),
};

async function sought(namedSenders: readonly NamedSender[], facts: FactReader): Promise<NamedSenderFact> {
  const [{ author }, sender] = await Promise.all([facts.read('author'), facts.read('sender')]);
  const ofAuthor = author.kind === 'domain' ? entriesFor(namedSenders, author.domain) : [];
  const ofSender = sender.kind === 'domain' ? entriesFor(namedSenders, sender.domain) : [];
  const byAuthor = await firstProven(ofAuthor, facts);
  const bySender = await firstProven(ofSender, facts);
  const unproven = [...(byAuthor === undefined ? ofAuthor : []), ...(bySender === undefined ? ofSender : [])];
  return {
    ...(byAuthor === undefined ? {} : { author: shownEntry(byAuthor) }),
    ...(bySender === undefined ? {} : { sender: shownEntry(bySender) }),
    open: await wasUnanswered(proofsOf(unproven), facts),
  };
}

function entriesFor(senders: readonly NamedSender[], domain: string): readonly NamedSender[] {
  return senders.filter((entry) => entry.domain === (domain as Domain));
}

async function firstProven(
  entries: readonly NamedSender[],
  facts: FactReader,
): Promise<NamedSender | undefined> {
  if (entries.length === 0) return undefined;
  const proven = await isProven(proofsOf(entries), facts);
  if (proven !== undefined) return entries.find(({ proof }) => proof === proven);
  const { outcomes } = await facts.read('dkim');
  const signers = outcomes.flatMap(({ result, domain }) =>
    result === 'pass' && domain !== undefined ? [domain] : [],
  );
  return entries.find(({ proof }) => signers.some((signer) => isWithin(signer, proof)));
}

function proofsOf(entries: readonly NamedSender[]): readonly string[] {
  return entries.map(({ proof }) => proof);
}

function shownEntry(entry: NamedSender): string {
  return String(namedSenderKind.write(entry));
}
