import { networksOf } from '#base/client-address.ts';
import type { ClientAddress } from '#base/client-address.ts';
import { makeRoom } from '#base/make-room.ts';
import type { Awaitable } from '#base/result.ts';
import { clientAddressKey } from '#identity/client-network.ts';
import type { Address } from '#mail/address.ts';
import type { Clock } from '#platform/clock.ts';
import type { EventSink } from '#trace/events.ts';
import { isInside } from '../peers/known-peers.ts';
import type { FeedRules } from './feed-settings.ts';
import { FeedWindows } from './feed-windows.ts';
import type { CountedIncidents } from './feed-windows.ts';
import { comparedAddress, parseLocalSubject } from './local-entry.ts';
import type { LocalOrigin, LocalSubject } from './local-entry.ts';
import type { LocalListBook } from './local-list-book.ts';
import type { MailHistory } from './mail-history.ts';
import { isTrap } from './trap.ts';

/** Clients whose lack of an entry was told; once a window each (S-09). */
const toldMax = 1_000;
const hourMs = 3_600_000;

/** What speaks against a client, and against who wrote, where that is proven. */
export interface Incident {
  readonly kind: Exclude<LocalOrigin, 'administrator'>;
  readonly client: ClientAddress;
  /** In a few words of ours: `mail to a trap`. */
  readonly what: string;
  readonly trace?: string | undefined;
  readonly author?: ProvenAuthor | undefined;
  /** Counts once within the window: a trace, or who reports. */
  readonly once?: string | undefined;
}

/** The one author of a message, whose domain DMARC has proven. */
export interface ProvenAuthor {
  /** `undefined`: only the domain is known. */
  readonly address: string | undefined;
  /** The organizational domain. */
  readonly domain: string;
  readonly isOwn: boolean;
}

/** What came of an incident. */
export interface FeedAnswer {
  /** `excused`: it counts against nobody. */
  readonly kind: 'counted' | 'excused' | 'off';
  /** Within the window, this one included: against the client, and against the author. */
  readonly client: number;
  readonly author: number;
  /** What came onto the list. */
  readonly entries: readonly string[];
}

/** A message from outside that was judged whole. */
export interface JudgedMail {
  readonly client: ClientAddress;
  readonly trace: string;
  /** It was taken, and not as Junk. */
  readonly isWanted: boolean;
  /** Of its recipients, as they were named. */
  readonly traps: readonly string[];
  readonly author: ProvenAuthor | undefined;
  /**
   * Nothing follows from it: bounces and automatic replies go to whom somebody else names, and where proof could not be
   * asked for, nobody knows who wrote.
   */
  readonly isVoid: boolean;
}

export interface BlockFeedParts {
  readonly clock: Clock;
  readonly events: EventSink;
  readonly local: Pick<LocalListBook, 'add' | 'findClient' | 'findAddress'>;
  readonly history: MailHistory;
  /** Read for each incident. */
  readonly rules: FeedRules;
  /** Own and exempt networks, proxies, named forwarders: others speak through them. */
  readonly isSpared: (client: ClientAddress) => boolean;
  /** Wanted mail or a log-in came from there lately: what it relays is not its own doing. */
  readonly isKnown: (client: ClientAddress) => Awaitable<boolean>;
}

/**
 * Feeds the local block list with what happens (P-25): so many incidents within a window make an entry for a while, with
 * its evidence. Only for the one client (IPv4 /32, IPv6 /64) or the one proven author, since nobody shall be listed for
 * what a neighbour did, or for what somebody else sent through them.
 */
export class BlockFeed {
  readonly #parts: BlockFeedParts;
  readonly #windows = new FeedWindows();
  readonly #told = new Map<string, number>();

  constructor(parts: BlockFeedParts) {
    this.#parts = parts;
  }

  isTrap(address: Address): boolean {
    const { automatic, traps } = this.#parts.rules;
    return automatic && isTrap(traps, address);
  }

  async judged({ client, trace, isWanted, traps, author, isVoid }: JudgedMail): Promise<void> {
    const { history, rules } = this.#parts;
    if (!rules.automatic || isVoid) return;
    if (traps.length === 0) {
      if (author === undefined) return;
      if (isWanted) history.wanted({ client, domain: author.domain });
      else history.unwanted({ client, domain: author.domain });
      return;
    }
    // Whose mail is wanted here is not listed for what somebody made them send, as a newsletter that a trap was signed
    // up for.
    if (author !== undefined && (await history.isWanted(author.domain)) !== false) return;
    await this.incident({ kind: 'trap', client, trace, author, once: trace, what: 'mail to a trap' });
  }

  /** Counts an incident against whom it speaks, and lists them when it is one too many. */
  async incident(one: Incident): Promise<FeedAnswer> {
    const { rules, history } = this.#parts;
    if (!rules.automatic) return { ...nothing, kind: 'off' };
    if (this.#isExcused(one)) return nothing;
    const { client, author, kind } = one;
    if (author !== undefined) history.unwanted({ client, domain: author.domain });
    if (kind === 'offender' && (await this.#parts.isKnown(client))) return nothing;
    const found = await Promise.all([this.#againstClient(one), this.#againstAuthor(one)]);
    const [ofClient, ofAuthor] = found;
    return {
      kind: 'counted',
      client: ofClient.count,
      author: ofAuthor.count,
      entries: found.flatMap(({ entry }) => entry ?? []),
    };
  }

  #isExcused({ client, author }: Incident): boolean {
    const { local, isSpared } = this.#parts;
    if (isInside(client) || isSpared(client) || local.findClient('allow', client) !== undefined) return true;
    return author !== undefined && (author.isOwn || this.#isListed('allow', author));
  }

  #isListed(list: 'allow' | 'block', { address, domain }: ProvenAuthor): boolean {
    const asked =
      address === undefined
        ? { address: undefined, domain }
        : { address: comparedAddress(address), domain: address.slice(address.lastIndexOf('@') + 1) };
    return this.#parts.local.findAddress(list, asked) !== undefined;
  }

  async #againstAuthor(one: Incident): Promise<Counted> {
    const { author } = one;
    const subject = parseLocalSubject(author?.address ?? '');
    if (author === undefined || subject?.kind !== 'address' || this.#isListed('block', author))
      return uncounted;
    const counted = this.#count(`author ${subject.value}`, one);
    return this.#isEnough(counted) ? this.#list(subject, one, counted) : { count: counted.count };
  }

  async #againstClient(one: Incident): Promise<Counted> {
    const { client, author } = one;
    const { local, history, rules } = this.#parts;
    const [value] = networksOf(client);
    if (value === undefined || local.findClient('block', client) !== undefined) return uncounted;
    // A provider of many is not one of its users.
    if (author !== undefined && (await history.isWanted(author.domain)) !== false) return uncounted;
    const counted = this.#count(`client ${clientAddressKey(client)}`, one);
    if (!this.#isEnough(counted)) return { count: counted.count };
    const mail = await history.ofNetwork(client);
    if (mail !== undefined && mail.wanted <= mail.unwanted)
      return this.#list({ kind: 'network', value }, one, counted);
    this.#tellSpared(value, one, rules.windowMs);
    return { count: counted.count };
  }

  #count(key: string, one: Incident): CountedIncidents {
    const { clock, rules } = this.#parts;
    return this.#windows.add(key, one, { nowMs: clock.monotonic(), windowMs: rules.windowMs });
  }

  #isEnough({ count }: CountedIncidents): boolean {
    return count >= this.#parts.rules.eventsMin;
  }

  #list(subject: LocalSubject, { kind, client }: Incident, counted: CountedIncidents): Counted {
    const { local, rules, events } = this.#parts;
    const { what, traces, count } = counted;
    const evidence = { events: count, ...(traces === '' ? {} : { traces }) };
    const reason = `${what} within ${Math.round(rules.windowMs / hourMs)} h`;
    const entry = { list: 'block', subject, origin: kind, reason, forMs: rules.forMs, evidence } as const;
    const added = local.add(entry);
    if (typeof added === 'string') return { count };
    const until = new Date(added.untilMs ?? 0).toISOString();
    const told = { client, entry: subject.value, origin: kind, count, until, what, traces };
    events.emit({ name: 'blocklist-fed', ...told });
    return { count, entry: subject.value };
  }

  #tellSpared(entry: string, { client, kind }: Incident, windowMs: number): void {
    const { clock, events } = this.#parts;
    const nowMs = clock.monotonic();
    if ((this.#told.get(entry) ?? -Infinity) + windowMs > nowMs) return;
    makeRoom(this.#told, toldMax);
    this.#told.set(entry, nowMs);
    events.emit({ name: 'blocklist-spared', client, entry, origin: kind });
  }
}

interface Counted {
  readonly count: number;
  readonly entry?: string;
}

const uncounted: Counted = { count: 0 };
const nothing: FeedAnswer = { kind: 'excused', client: 0, author: 0, entries: [] };
