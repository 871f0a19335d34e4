import { parseClientAddress, parseNetwork } from '#base/client-address.ts';
import type { ClientAddress } from '#base/client-address.ts';
import { addressBytes } from '#mailauth/address-bytes.ts';

/** First and last address. IPv4 in 32 bits; of IPv6 the upper 64, since nobody has less than a /64 (S-07). */
export interface AddressRange {
  readonly ipv6: boolean;
  readonly first: bigint;
  readonly last: bigint;
}

const hostBits = 64n;

export function addressNumber(address: ClientAddress): { readonly ipv6: boolean; readonly number: bigint } {
  let number = 0n;
  for (const byte of addressBytes(address) ?? []) number = (number << 8n) | BigInt(byte);
  const ipv6 = address.includes(':');
  return { ipv6, number: ipv6 ? number >> hostBits : number };
}

/** `192.0.2.0/24`, `2001:db8::/32`, or one address. `undefined`: none, or narrower than a /64 of IPv6. */
export function networkRange(text: string): AddressRange | undefined {
  const network = parseNetwork(text);
  if (network === undefined) return undefined;
  const [address = '', bitsText] = network.split('/');
  const { ipv6, number } = addressNumber(address as ClientAddress);
  const bits = BigInt(bitsText ?? '0');
  if (ipv6 && bits > 64n && bits < 128n) return undefined;
  const size = 1n << ((ipv6 ? 64n : 32n) - (bits > 64n ? 64n : bits));
  return { ipv6, first: number, last: number + size - 1n };
}

/** Two addresses of one kind, in order. */
export function spanRange(from: string, to: string): AddressRange | undefined {
  const first = parseClientAddress(from);
  const last = parseClientAddress(to);
  if (first === undefined || last === undefined) return undefined;
  const [start, end] = [addressNumber(first), addressNumber(last)];
  if (start.ipv6 !== end.ipv6 || start.number > end.number) return undefined;
  return { ipv6: start.ipv6, first: start.number, last: end.number };
}
