import { networkSet, networksOf, parseNetwork } from '#base/client-address.ts';
import type { ClientAddress, Network, NetworkSet } from '#base/client-address.ts';
import type { Clock } from '#platform/clock.ts';
import type { EventSink } from '#trace/events.ts';
import type { Ban, BanEvidence, BanReason } from './ban.ts';
import { isForgotten, isLive } from './ban.ts';
import type { BanRules } from './ban-settings.ts';

/** Bans kept, live and over; beyond it the one that ends first goes (S-09). */
export const bansMax = 20_000;

export interface BanBookParts {
  readonly clock: Pick<Clock, 'now'>;
  readonly events: EventSink;
  readonly rules: BanRules;
  /** Told of each change, to be kept over a restart; `undefined`: the network has no ban any more. */
  readonly changed: (network: Network, ban: Ban | undefined) => void;
  /** A ban was lifted by hand: what led to it is forgiven. */
  readonly lifted?: (network: Network) => void;
}

export interface Strike {
  readonly client: ClientAddress;
  readonly reason: Exclude<BanReason, 'administrator'>;
  readonly evidence: BanEvidence;
}

/** Who is not let in, asked at every accepted connection: one look into a map, and none while nobody is banned. */
export class BanBook {
  readonly #parts: BanBookParts;
  readonly #bans = new Map<Network, Ban>();
  /** Those that are not one client each, as `networksOf` spells it: looked through one by one. */
  readonly #wide = new Map<Network, NetworkSet>();
  #never: { readonly networks: readonly Network[]; readonly set: NetworkSet } | undefined;

  constructor(parts: BanBookParts) {
    this.#parts = parts;
  }

  /** What was kept over a restart. */
  restore(bans: Iterable<Ban>): void {
    const nowMs = this.#parts.clock.now();
    for (const ban of bans) {
      if (isForgotten(ban, nowMs)) this.#parts.changed(ban.network, undefined);
      else this.#put(ban);
    }
  }

  /** The ban that keeps this client out, if one does. */
  find(client: ClientAddress): Ban | undefined {
    if (this.#bans.size === 0) return undefined;
    const nowMs = this.#parts.clock.now();
    const ban = this.#liveOf(networksOf(client)[0], nowMs) ?? this.#wideBan(client, nowMs);
    return ban === undefined || this.isSpared(client) ? undefined : ban;
  }

  /** No ban touches it (`bans.never`). */
  isSpared(client: ClientAddress): boolean {
    const { never } = this.#parts.rules;
    if (never.length === 0) return false;
    if (this.#never?.networks !== never) this.#never = { networks: never, set: networkSet(never) };
    return this.#never.set.has(client);
  }

  /** Shuts one client out, longer each time (I-80). Already banned, or spared: nothing happens. */
  strike({ client, reason, evidence }: Strike): void {
    const { rules, clock } = this.#parts;
    const [network] = networksOf(client);
    if (network === undefined || !rules.automatic || this.isSpared(client)) return;
    const nowMs = clock.now();
    const before = this.#bans.get(network);
    if (before !== undefined && isLive(before, nowMs)) return;
    const strikes = before === undefined || isForgotten(before, nowMs) ? 1 : before.strikes + 1;
    const ms = Math.min(rules.longestMs, rules.firstMs * rules.rise ** Math.min(strikes - 1, 20));
    this.#ban({ network, reason, sinceMs: nowMs, untilMs: nowMs + ms, strikes, evidence }, client);
  }

  /** By hand: any network, for a while or until it is lifted; in the place of one that is there. */
  add(
    network: Network,
    given: { readonly forMs: number | undefined; readonly note: string | undefined },
  ): Ban {
    const nowMs = this.#parts.clock.now();
    const ban: Ban = {
      network,
      reason: 'administrator',
      sinceMs: nowMs,
      untilMs: given.forMs === undefined ? undefined : nowMs + given.forMs,
      strikes: (this.#bans.get(network)?.strikes ?? 0) + 1,
      evidence: given.note === undefined ? {} : { note: given.note },
    };
    this.#ban(ban, network);
    return ban;
  }

  /** Lifts a ban and forgets its strikes; `undefined`: there was none. */
  remove(network: Network): Ban | undefined {
    const ban = this.#bans.get(network);
    if (ban === undefined) return undefined;
    this.#drop(network);
    const client = clientOf(network);
    this.#parts.events.emit({ name: 'ban-lifted', client, network });
    this.#parts.lifted?.(network);
    return isLive(ban, this.#parts.clock.now()) ? ban : undefined;
  }

  /** Those that hold now, the newest first. */
  list(): readonly Ban[] {
    const nowMs = this.#parts.clock.now();
    return [...this.#bans.values()].filter((ban) => isLive(ban, nowMs)).sort((a, b) => b.sinceMs - a.sinceMs);
  }

  #ban(ban: Ban, client: string): void {
    this.#put(ban);
    this.#makeRoom();
    this.#parts.changed(ban.network, ban);
    const { reason, strikes, untilMs, evidence } = ban;
    this.#parts.events.emit({
      name: 'address-banned',
      client: client.includes('/') ? clientOf(ban.network) : client,
      network: ban.network,
      reason,
      strikes,
      until: untilMs === undefined ? 'lifted' : new Date(untilMs).toISOString(),
      count: evidence.count,
      users: evidence.users?.join(' '),
    });
  }

  #put(ban: Ban): void {
    this.#bans.set(ban.network, ban);
    if (!isOneClient(ban.network)) this.#wide.set(ban.network, networkSet([ban.network]));
  }

  #drop(network: Network): void {
    this.#bans.delete(network);
    this.#wide.delete(network);
    this.#parts.changed(network, undefined);
  }

  /** What an administrator said stays; of the others the one that ends first goes. */
  #makeRoom(): void {
    if (this.#bans.size <= bansMax) return;
    let first: Ban | undefined;
    for (const ban of this.#bans.values())
      if (ban.reason !== 'administrator' && endOf(ban) < (first === undefined ? Infinity : endOf(first)))
        first = ban;
    if (first !== undefined) this.#drop(first.network);
  }

  #liveOf(network: Network | undefined, nowMs: number): Ban | undefined {
    const ban = network === undefined ? undefined : this.#bans.get(network);
    return ban !== undefined && isLive(ban, nowMs) ? ban : undefined;
  }

  #wideBan(client: ClientAddress, nowMs: number): Ban | undefined {
    for (const [network, set] of this.#wide) {
      if (!set.has(client)) continue;
      const ban = this.#liveOf(network, nowMs);
      if (ban !== undefined) return ban;
    }
    return undefined;
  }
}

function isOneClient(network: Network): boolean {
  return network.endsWith(network.includes(':') ? '/64' : '/32');
}

function clientOf(network: Network): string {
  return network.slice(0, network.indexOf('/'));
}

function endOf({ untilMs }: Ban): number {
  return untilMs ?? Infinity;
}

/** Reads what a person typed: a network as written, an IPv4 address, or one IPv6 address as its client's /64. */
export function banNetwork(text: string): Network | undefined {
  const network = parseNetwork(text);
  return network?.includes(':') === true && !text.includes('/')
    ? parseNetwork(`${clientOf(network)}/64`)
    : network;
}
