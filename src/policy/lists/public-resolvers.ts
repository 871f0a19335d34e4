import { networkSet, parseClientAddress, parseNetwork } from '#base/client-address.ts';
import type { Network } from '#base/client-address.ts';

/** Resolvers for everybody, whom lists do not answer or answer with errors (P-22). */
const networks = [
  // Google
  '8.8.8.0/24',
  '8.8.4.0/24',
  '2001:4860:4860::/48',
  // Cloudflare
  '1.1.1.0/24',
  '1.0.0.0/24',
  '2606:4700:4700::/48',
  // Quad9
  '9.9.9.0/24',
  '149.112.112.0/24',
  '2620:fe::/48',
  // OpenDNS
  '208.67.220.0/24',
  '208.67.222.0/24',
  '2620:119::/32',
  // AdGuard, Level 3, DNS.WATCH, Verisign
  '94.140.14.0/24',
  '94.140.15.0/24',
  '4.2.2.0/29',
  '84.200.69.80/32',
  '84.200.70.40/32',
  '64.6.64.0/23',
].map(parseNetwork) as readonly Network[];

/** Those of these resolvers that are known to be open to everybody. */
export function publicResolvers(addresses: readonly string[]): readonly string[] {
  const known = networkSet(networks);
  return addresses.filter((text) => {
    const address = parseClientAddress(text);
    return address !== undefined && known.has(address);
  });
}
