import type { ArcOutcome } from '#mailauth/arc/arc-outcome.ts';
import type { DkimReport } from '#mailauth/dkim/dkim-outcome.ts';
import type { AuthorDomain } from '#mailauth/dmarc/author-domain.ts';
import type { IndirectSign } from '#mailauth/dmarc/dmarc-disposition.ts';
import type { DmarcOutcome } from '#mailauth/dmarc/dmarc-outcome.ts';
import type { IprevOutcome } from '#mailauth/iprev-outcome.ts';
import type { SpfOutcome } from '#mailauth/spf/spf-outcome.ts';
import type { DnsFailure } from '#platform/resolver.ts';
import type { ListSaid } from './lists/list-said.ts';
import type { LocalWord } from './local-lists/local-listed.ts';
import type { RuleWord } from './rules/rule-word.ts';

/** Everything that a check can know: plain values, as they stand in the record (CONTRACTS §5). */
export interface FactTable {
  readonly client: ClientFact;
  /** I-89: the rule of this server that decides about the message, if one does. */
  readonly rule: RuleWord | undefined;
  /** P-15. */
  readonly iprev: IprevOutcome;
  /** P-24, P-26: what this server's own lists have on the connecting address. */
  readonly localClient: LocalWord;
  /** P-22: one entry for each list that was asked. */
  readonly clientLists: readonly ListSaid[];
  /** P-16: what the name itself tells. */
  readonly helo: HeloFact;
  /** P-16: where the name leads. */
  readonly heloAddress: HeloAddressFact;
  /** MAIL FROM. */
  readonly sender: SenderFact;
  readonly senderDomain: SenderDomainFact;
  readonly spf: SpfOutcome;
  /** Of the HELO name, where that is another identity. */
  readonly heloSpf: SpfOutcome | undefined;
  /** … on MAIL FROM and HELO. */
  readonly localSender: LocalWord;
  /** P-23. */
  readonly nameLists: readonly ListSaid[];
  readonly harvest: HarvestFact;
  readonly author: AuthorFact;
  /** … on the author. */
  readonly localAuthor: LocalWord;
  readonly dkim: DkimReport;
  readonly arc: ArcOutcome;
  /** `undefined`: there is no one author domain, so the mechanism does not apply. */
  readonly dmarc: DmarcOutcome | undefined;
  /** I-45: signs that the message did not come straight from its author. */
  readonly indirect: readonly IndirectSign[];
  /** I-45: who could have been such a sign, but nobody answered. */
  readonly indirectOpen: readonly string[];
  /** P-18: who was named as a sender. */
  readonly namedSender: NamedSenderFact;
  /** I-45. */
  readonly lookAlike: LookAlikeFact;
  readonly replay: ReplayFact;
  /** P-27. */
  readonly links: LinksFact;
  readonly linkLists: readonly ListSaid[];
}

export type FactName = keyof FactTable;

export interface ClientFact {
  readonly address: string;
  /** One of our own addresses, or loopback. */
  readonly isOwn: boolean;
  readonly isIpv6: boolean;
}

export interface HeloFact {
  /** As it was said, cleaned. */
  readonly name: string;
  readonly kind: 'name' | 'single-label' | 'literal' | 'invalid';
  /** Whose name the client takes: this host's, one of our domains, one of our addresses. */
  readonly claims: 'hostname' | 'own-domain' | 'own-address' | undefined;
  /** A literal that is not the client's own address. */
  readonly foreignLiteral: boolean;
}

export interface HeloAddressFact {
  readonly found: 'client' | 'other' | 'nowhere' | 'unanswered' | 'no-name';
  readonly failure?: DnsFailure;
}

export type SenderFact =
  | { readonly kind: 'null' }
  | { readonly kind: 'literal'; readonly domain: string }
  | { readonly kind: 'domain'; readonly domain: string; readonly isOwn: boolean };

export interface SenderDomainFact {
  readonly domain: string;
  /** `null-mx`: it says that it takes no mail (RFC 7505); `no-host`: nothing there that could take a reply. */
  readonly found: 'takes-mail' | 'missing' | 'null-mx' | 'no-host' | 'unanswered' | 'no-domain';
  readonly failure?: DnsFailure;
}

/** Recipients that somebody asked for within the window. */
export interface RecipientCounts {
  readonly unknown: number;
  readonly known: number;
}

/** Of this client's address. */
export interface HarvestFact extends RecipientCounts {
  /** Missing in records of times when only networks were counted. */
  readonly network?: RecipientCounts;
}

export interface AuthorFact {
  readonly author: AuthorDomain;
  /** The author domain is one of ours, or lies below one. */
  readonly own: 'itself' | 'below' | undefined;
}

/** Entries of those named as senders, as written, that hold for this message. */
export interface NamedSenderFact {
  /** In the name of the author's domain. */
  readonly author?: string;
  /** … of the domain of MAIL FROM. */
  readonly sender?: string;
  /** One was named that could not be asked for its proof. */
  readonly open: boolean;
}

export interface LookAlikeFact {
  /** Domains of other houses that the author's display name shows. */
  readonly displayed: readonly string[];
  /** The domain of ours for which a reader may take the author's. */
  readonly own?: string;
}

/** How many recipients the most spread of the valid signatures has reached within the window, this message included. */
export interface ReplayFact {
  readonly recipients: number;
  readonly domain?: string;
}

/** Where the links of a message lead. */
export interface LinksFact {
  /** Registrable domains and canonical addresses, what can be clicked first. */
  readonly hosts: readonly string[];
  /** There was more than is looked at. */
  readonly cut: boolean;
  /** Where each stands, in words, in the order of `hosts`; missing in records of times when nobody said. */
  readonly places?: readonly string[];
  /** What was not looked at, and why; missing when all was. */
  readonly unread?: readonly string[];
}
