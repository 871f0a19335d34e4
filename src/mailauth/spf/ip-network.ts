import { ip4Bytes, ip6Bytes } from '../address-bytes.ts';
import { SpfSyntaxError } from './spf-syntax-error.ts';

/** Octets of a network and how many of its bits count. */
export interface IpNetwork {
  readonly network: Uint8Array;
  readonly bits: number;
}

export const ipv4BitsMax = 32;
export const ipv6BitsMax = 128;

/** `ip4-network [ ip4-cidr-length ]` (RFC 7208 §5.6). Throws `SpfSyntaxError`. */
export function ip4Network(text: string): IpNetwork {
  const { address, digits } = cut(text);
  const network = ip4Bytes(address);
  if (network === undefined) throw new SpfSyntaxError('no IPv4 address');
  return { network, bits: cidrLength(digits, ipv4BitsMax) };
}

/** `ip6-network [ ip6-cidr-length ]`; one that maps IPv4 stays IPv6. Throws `SpfSyntaxError`. */
export function ip6Network(text: string): IpNetwork {
  const { address, digits } = cut(text);
  const network = ip6Bytes(address);
  if (network === undefined) throw new SpfSyntaxError('no IPv6 address');
  return { network, bits: cidrLength(digits, ipv6BitsMax) };
}

/** `ip4-cidr-length` and `ip6-cidr-length`: no leading zeros, no more than the address has. Throws `SpfSyntaxError`. */
export function cidrLength(digits: string | undefined, bitsMax: number): number {
  if (digits === undefined) return bitsMax;
  if (!/^(?:0|[1-9][0-9]{0,2})$/.test(digits) || Number(digits) > bitsMax) {
    throw new SpfSyntaxError('no length of a network');
  }
  return Number(digits);
}

/** Whether an address lies in a network of its own kind. */
export function isInNetwork(address: Uint8Array, { network, bits }: IpNetwork): boolean {
  if (address.length !== network.length) return false;
  const whole = bits >> 3;
  for (let at = 0; at < whole; at += 1) if (address[at] !== network[at]) return false;
  const mask = (0xff00 >> (bits & 7)) & 0xff;
  return ((address[whole] ?? 0) & mask) === ((network[whole] ?? 0) & mask);
}

function cut(text: string): { readonly address: string; readonly digits: string | undefined } {
  const slash = text.indexOf('/');
  if (slash < 0) return { address: text, digits: undefined };
  return { address: text.slice(0, slash), digits: text.slice(slash + 1) };
}
