import type { ClientAddress, NetworkSet } from '#base/client-address.ts';
import { findFields, foldedValue } from '#mail/header.ts';
import type { HeaderBlock } from '#mail/header.ts';
import { readReceivedFrom } from '#mail/received-from.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import { isInside } from './peers/known-peers.ts';

/** S-09: hops through gateways that are followed; real ones have one or two. */
export const gatewayHopsMax = 10;

/** Whose the mail is that a gateway brings. */
export type Origin =
  | {
      readonly kind: 'found';
      readonly client: ClientAddress;
      readonly helo: string;
      /** Gateways that it came through, the one that brought it first. */
      readonly hops: readonly ClientAddress[];
    }
  /** Nobody can tell: what needs the address cannot decide. */
  | { readonly kind: 'undecided'; readonly reason: string; readonly hops: readonly ClientAddress[] };

export interface BroughtMail {
  readonly header: HeaderBlock;
  /** Who brought it; one of the gateways. */
  readonly peer: ClientAddress;
  readonly gateways: NetworkSet;
}

/**
 * Who handed the mail to the first gateway (I-59). Each Received field is written by the host above: the topmost by the
 * gateway that is connected, the next by whom that one names, and so on. One is believed only as long as its writer is
 * a gateway, so that what stands below the last of them, which anybody may have written, is never read.
 */
export function findOrigin({ header, peer, gateways }: BroughtMail): Origin {
  const hops: ClientAddress[] = [peer];
  for (const field of findFields(header, 'received').slice(0, gatewayHopsMax)) {
    const writer = hops.at(-1) ?? peer;
    const read = readReceivedFrom(foldedValue(header, field));
    if (read.kind === 'unclear') return undecided(hops, `the Received field of ${writer}: ${read.why}`);
    const { address, helo } = read.from;
    if (!gateways.has(address)) return hopEnd(hops, { address, helo });
    hops.push(address);
  }
  const reason =
    hops.length === 1 ? 'it has no Received field' : 'its Received fields lead to gateways and no further';
  return undecided(hops, reason);
}

function hopEnd(
  hops: readonly ClientAddress[],
  { address, helo }: { readonly address: ClientAddress; readonly helo: string },
): Origin {
  if (!isInside(address)) return { kind: 'found', client: address, helo: cleanForeignText(helo), hops };
  // Nobody of the Internet has such an address: it stands for somebody else, and for whom is not said.
  const reason = `${hops.at(-1)} took it from ${address}, an inside address that is no named gateway`;
  return undecided(hops, reason);
}

function undecided(hops: readonly ClientAddress[], reason: string): Origin {
  return { kind: 'undecided', reason, hops };
}
