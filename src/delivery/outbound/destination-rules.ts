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

const siteLocal = ipaddr.parseCIDR('fec0::/10');
/** "This network" (RFC 1122 §3.2.1.3): connecting to it reaches ourselves on many systems. */
const thisNetwork = ipaddr.parseCIDR('0.0.0.0/8');

const ranges = {
  loopback: (address: ClientAddress): boolean => ipaddr.parse(address).range() === 'loopback',
  notPublic: (address: ClientAddress): boolean => {
    const parsed = ipaddr.parse(address);
    if (notPublic.has(parsed.range())) return true;
    const [net, bits] = parsed.kind() === 'ipv6' ? siteLocal : thisNetwork;
    return parsed.match(net, bits);
  },
};
