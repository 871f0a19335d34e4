import ipaddr from 'ipaddr.js';
import type { ClientAddress, NetworkSet } from '#base/client-address.ts';

/** Where mail may go; from the configuration's `[outbound]`. */
export interface DestinationRules {
  /** 25 but for a test. */
  readonly port: number;
  /** Loopback, private or own addresses that mail may go to all the same (S-06). */
  readonly privateDestinations: NetworkSet;
  /** `private`: a trial server; mail leaves only for `privateDestinations`, the rest is held. */
  readonly destinations: 'all' | 'private';
  /** Of this machine. */
  readonly ownAddresses: ReadonlySet<ClientAddress>;
  /** Ports on which we accept mail from others ourselves; with an own address a loop, whatever is listed. */
  readonly ownPorts: ReadonlySet<number>;
  /** Names by which an MX record may mean us; lower case. */
  readonly ownNames: ReadonlySet<string>;
  /** To dial from; empty: the system chooses, IPv6 and IPv4. */
  readonly localAddresses: readonly ClientAddress[];
}

/**
 * `usable`; `self`: it leads back to us; `forbidden`: not on the Internet and not listed (S-06); `held`: a trial
 * server may not send there.
 */
export type AddressVerdict = 'usable' | 'self' | 'forbidden' | 'held';

export function judgeAddress(rules: DestinationRules, address: ClientAddress): AddressVerdict {
  const own = rules.ownAddresses.has(address) || ranges.loopback(address);
  if (own && rules.ownPorts.has(rules.port)) return 'self';
  if (rules.privateDestinations.has(address)) return 'usable';
  if (own || ranges.notPublic(address)) return 'forbidden';
  return rules.destinations === 'private' ? 'held' : 'usable';
}

/** Ranges of the special-purpose registries (RFC 6890) from which nobody on the Internet answers, or not as himself. */
const notPublic: ReadonlySet<string> = new Set([
  'unspecified',
  'broadcast',
  'multicast',
  'linkLocal',
  'loopback',
  'carrierGradeNat',
  'private',
  'uniqueLocal',
  'ipv4Mapped',
  'rfc6145',
  'rfc6052',
  '6to4',
  'teredo',
  'benchmarking',
  'discard',
  'deprecatedSiteLocal',
]);

/** RFC 4291 §2.5.5.1: deprecated, and some systems still make an IPv4 connection of it. */
const ipv4Compatible = ipaddr.parseCIDR('::/96');

const ranges = {
  loopback: (address: ClientAddress): boolean => ipaddr.parse(address).range() === 'loopback',
  notPublic: (address: ClientAddress): boolean => {
    const parsed = ipaddr.parse(address);
    if (notPublic.has(parsed.range())) return true;
    return parsed.kind() === 'ipv6' && parsed.match(...ipv4Compatible);
  },
};
