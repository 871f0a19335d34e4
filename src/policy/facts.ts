import type { Fact } from './fact.ts';
import type { FactName } from './fact-table.ts';
import { arcFact } from './facts/arc.ts';
import { authorFact } from './facts/author.ts';
import { clientFact } from './facts/client.ts';
import { clientListsFact } from './facts/client-lists.ts';
import { dkimFact } from './facts/dkim.ts';
import { dmarcFact } from './facts/dmarc.ts';
import { harvestFact } from './facts/harvest.ts';
import { heloSpfFact } from './facts/helo-spf.ts';
import { heloFact } from './facts/helo.ts';
import { heloAddressFact } from './facts/helo-address.ts';
import { indirectFact } from './facts/indirect.ts';
import { indirectOpenFact } from './facts/indirect-open.ts';
import { iprevFact } from './facts/iprev.ts';
import { linkListsFact } from './facts/link-lists.ts';
import { linksFact } from './facts/links.ts';
import { localAuthorFact } from './facts/local-author.ts';
import { localClientFact } from './facts/local-client.ts';
import { localSenderFact } from './facts/local-sender.ts';
import { lookAlikeFact } from './facts/look-alike.ts';
import { nameListsFact } from './facts/name-lists.ts';
import { namedSenderFact } from './facts/named-sender.ts';
import { replayFact } from './facts/replay.ts';
import { ruleFact } from './facts/rule.ts';
import { senderFact } from './facts/sender.ts';
import { senderDomainFact } from './facts/sender-domain.ts';
import { spfFact } from './facts/spf.ts';

/** Everything that can be found out about a message, and how. */
const table: { readonly [N in FactName]: Fact<N> } = {
  client: clientFact,
  rule: ruleFact,
  iprev: iprevFact,
  localClient: localClientFact,
  clientLists: clientListsFact,
  helo: heloFact,
  heloSpf: heloSpfFact,
  heloAddress: heloAddressFact,
  sender: senderFact,
  senderDomain: senderDomainFact,
  spf: spfFact,
  localSender: localSenderFact,
  nameLists: nameListsFact,
  harvest: harvestFact,
  author: authorFact,
  localAuthor: localAuthorFact,
  dkim: dkimFact,
  arc: arcFact,
  dmarc: dmarcFact,
  indirect: indirectFact,
  indirectOpen: indirectOpenFact,
  namedSender: namedSenderFact,
  lookAlike: lookAlikeFact,
  replay: replayFact,
  links: linksFact,
  linkLists: linkListsFact,
};

export const factNames = Object.keys(table) as readonly FactName[];

/** All have one shape, in whatever order they are written: each message goes through them many times. */
function shaped(wanted: FactName): Record<keyof Fact, unknown> {
  const { name, stage, asks, compute, absent, ofNobody, record } = table[wanted];
  return { name, stage, asks, compute, absent, ofNobody, record };
}

const facts: ReadonlyMap<FactName, unknown> = new Map(factNames.map((name) => [name, shaped(name)]));

export function findFact<N extends FactName>(name: N): Fact<N> {
  return facts.get(name) as Fact<N>;
}
