import { andThen } from '#base/and-then.ts';
import ipaddr from 'ipaddr.js';
import type { Awaitable } from '#base/result.ts';
import { clientNetwork } from '#identity/client-network.ts';
import type { Clock } from '#platform/clock.ts';
import type { Counters } from '#store/contract/store.ts';
import { LastingMarks } from '#store/lasting-marks.ts';

/** As long as greylisting knows those who came back (C-12). */
const keptMs = 36 * 86_400_000;
const rememberedMax = 50_000;

/** Where nobody of the Internet comes from. */
const ownRanges: readonly string[] = ['loopback', 'private', 'uniqueLocal', 'linkLocal'];

/** Networks (IPv4 /24, IPv6 /64) from which mail was accepted: they need not wait (P-32). */
export class KnownPeers {
  readonly #marks: LastingMarks;

  constructor(parts: {
    readonly clock: Clock;
    readonly counters: Pick<Counters, 'add' | 'read'> | undefined;
  }) {
    this.#marks = new LastingMarks({ ...parts, keptMs, rememberedMax });
  }

  /** Loopback and private addresses always are. */
  isKnown(client: string): Awaitable<boolean> {
    return isInside(client) ? true : this.hasSentMail(client);
  }

  /** Mail was accepted from there within the last weeks. */
  hasSentMail(client: string): Awaitable<boolean> {
    return andThen(this.#marks.have([keyOf(client)]), ([known = false]) => known);
  }

  /** A message of its was accepted. */
  sentMail(client: string): void {
    if (!isInside(client)) this.#marks.mark(keyOf(client));
  }
}

/** Loopback, private and link-local addresses. */
export function isInside(client: string): boolean {
  return ipaddr.isValid(client) && ownRanges.includes(ipaddr.parse(client).range());
}

function keyOf(client: string): string {
  return `mail-peer ${clientNetwork(client)}`;
}
