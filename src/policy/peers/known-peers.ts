import { andThen } from '#base/and-then.ts';
import { networkSet, parseClientAddress, parseNetwork } from '#base/client-address.ts';
import type { Awaitable } from '#base/result.ts';
import { clientNetwork } from '#identity/client-network.ts';
import type { Clock } from '#platform/clock.ts';
import type { Counters } from '#store/contract/store.ts';
import { LastingMarks } from '#store/lasting-marks.ts';

/** As long as greylisting knows those who came back (C-12). */
const keptMs = 36 * 86_400_000;
const rememberedMax = 50_000;

/** Where nobody of the Internet comes from: loopback, private, link-local and unique local networks (RFC 6890). */
const insideNetworks = networkSet(
  [
    '127.0.0.0/8',
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '169.254.0.0/16',
    '::1',
    'fc00::/7',
    'fe80::/10',
  ].flatMap((text) => parseNetwork(text) ?? []),
);

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
  const address = parseClientAddress(client);
  return address !== undefined && insideNetworks.has(address);
}

function keyOf(client: string): string {
  return `mail-peer ${clientNetwork(client)}`;
}
