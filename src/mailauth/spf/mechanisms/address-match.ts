import type { DnsRecord } from '#platform/resolver.ts';
import { addressesOf } from '../../forward-confirmation.ts';
import { isInNetwork } from '../ip-network.ts';
import type { DualCidrLength } from '../spf-record.ts';

/** Whether the client is one of these addresses, or their neighbour as far as the mechanism says (RFC 7208 §5.3). */
export function isAmong(records: readonly DnsRecord[], client: Uint8Array, cidr: DualCidrLength): boolean {
  const bits = client.length === 4 ? cidr.ipv4Bits : cidr.ipv6Bits;
  return addressesOf(records).some((network) => isInNetwork(client, { network, bits }));
}
