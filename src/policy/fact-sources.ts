import type { ClientAddress } from '#base/client-address.ts';
import type { Awaitable } from '#base/result.ts';
import type { ReversePath } from '#mail/address.ts';
import type { HeaderBlock } from '#mail/header.ts';
import type { PublishedRecords } from '#mailauth/published-records.ts';
import type { Clock } from '#platform/clock.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { JudgedSignatures } from './aside/judged-signatures.ts';
import type { LinksFact } from './fact-table.ts';
import type { PolicyLists } from './lists/policy-lists.ts';
import type { NamedSender } from './named-sender.ts';
import type { OwnLookAlikes } from './own-look-alikes.ts';
import type { OwnNames } from './own-names.ts';
import type { HarvestWatch } from './harvest-watch.ts';
import type { ReplayWatch } from './replay-watch.ts';
import type { RuleWord } from './rules/rule-word.ts';

/** What the server itself knows at a moment of a transaction, and whom it may ask. Only facts see it. */
export interface FactSources {
  readonly client: ClientAddress;
  /** `client` only brings the mail: facts of the address are those of nobody (`Fact.ofNobody`). */
  readonly isClientUnknown?: boolean;
  readonly helo: string;
  readonly from: ReversePath;
  /** What the rules of this server say just now; missing where there are none. */
  readonly rule?: (() => RuleWord | undefined) | undefined;
  readonly own: OwnNames;
  readonly lookAlikes: OwnLookAlikes;
  /** What domains publish, read once for all messages; read anew where it is left out. */
  readonly records?: PublishedRecords;
  readonly clock: Clock;
  /** Within the budget of this message; writes down each question (S-09, N-3). */
  readonly resolver: Resolver;
  /** As `resolver`, with questions kept for DMARC. */
  readonly policyResolver: Resolver;
  readonly harvest: HarvestWatch;
  readonly replays: ReplayWatch;
  /** `undefined`: no lists are asked or kept. */
  readonly lists?: PolicyLists | undefined;
  /** Domains whose ARC seals are believed (I-42); empty by default. */
  readonly arcSealers: readonly string[];
  /** Networks and domains of servers that forward to our users (`exceptionKind`). */
  readonly forwarders: readonly string[];
  /** Who may send in the name of which domain without its own proof (P-18). */
  readonly namedSenders: readonly NamedSender[];
  /** From the stage `message` on. */
  readonly message: MessageSources | undefined;
}

export interface MessageSources {
  /** As it was sent. */
  readonly header: HeaderBlock;
  readonly signatures: JudgedSignatures;
  /** How many recipients were accepted. */
  readonly recipients: number;
  /** Taken out when they are first asked for; missing where nobody wanted the body for it. */
  readonly links?: () => Awaitable<LinksFact>;
}
