import ipaddr from 'ipaddr.js';
import type { Brand } from './brand.ts';

/**
 * An IP address in its one spelling (S-07): IPv4-mapped (`::ffff:0:0/96`) and NAT64 (`64:ff9b::/96`,
 * RFC 6052) unwrapped, zone dropped, IPv6 compressed in lower case (RFC 5952). Lists, limits, bans, logs
 * and relay rules see nothing else. Only `parseClientAddress` makes one.
 */
export type ClientAddress = Brand<string, 'ClientAddress'>;

/** A network as `address/bits`, the address canonical and with its host bits zero. */
export type Network = Brand<string, 'Network'>;

/** Neighbours counted as one (S-07): the address itself or its /64 first, then wider. */
const ipv6PrefixBits = [64, 56, 48] as const;

/** `undefined` if the text is no IP address; IPv4 only as four decimals. */
export function parseClientAddress(text: string): ClientAddress | undefined {
  // Every connection comes this way several times: an IPv4 address in its one spelling needs no arithmetic.
  if (ipv4Spelling.test(text)) return text as ClientAddress;
  const parsed = parseAddress(text);
  return parsed === undefined ? undefined : spell(parsed);
}

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4Spelling = new RegExp(`^${octet}(?:\\.${octet}){3}$`);

/** The networks that an address is counted under: /64, /56 and /48, or /32 and /24. */
export function networksOf(address: ClientAddress): readonly Network[] {
  if (address.includes(':')) return ipv6PrefixBits.map((bits) => maskedNetwork(address, bits));
  const neighbourhood = address.slice(0, address.lastIndexOf('.'));
  return [`${address}/32`, `${neighbourhood}.0/24`] as Network[];
}

/** A set of networks that an address may lie in; made once, asked often. */
export interface NetworkSet {
  has(address: ClientAddress): boolean;
}

/** Reads `192.0.2.0/24`, `2001:db8::/32` or a single address; `undefined` if it is neither. */
export function parseNetwork(text: string): Network | undefined {
  const [addressText, bitsText, ...more] = text.split('/');
  const address = parseAddress(addressText ?? '');
  if (address === undefined || more.length > 0) return undefined;
  const bitsMax = address.kind() === 'ipv6' ? 128 : 32;
  if (bitsText === undefined) return maskedNetwork(spell(address), bitsMax);
  if (!/^\d{1,3}$/.test(bitsText) || Number(bitsText) > bitsMax) return undefined;
  return maskedNetwork(spell(address), Number(bitsText));
}

export function networkSet(networks: readonly Network[]): NetworkSet {
  const parsed = networks.map((network) => ipaddr.parseCIDR(network));
  const ipv4 = networks.filter((network) => !network.includes(':')).map(ipv4Range);
  return {
    has(address) {
      if (!address.includes(':')) {
        const number = ipv4Number(address);
        return ipv4.some(({ first, last }) => number >= first && number <= last);
      }
      const asked = ipaddr.parse(address);
      return parsed.some(([net, bits]) => net.kind() === asked.kind() && asked.match(net, bits));
    },
  };
}

function ipv4Range(network: Network): { readonly first: number; readonly last: number } {
  const [address = '', bits] = network.split('/');
  const first = ipv4Number(address);
  return { first, last: first + 2 ** (32 - Number(bits)) - 1 };
}

/** Of an address in its one spelling. */
function ipv4Number(address: string): number {
  let number = 0;
  let part = 0;
  for (let at = 0; at < address.length; at += 1) {
    const digit = address.charCodeAt(at) - digitZero;
    if (digit >= 0) {
      part = part * 10 + digit;
    } else {
      number = number * 256 + part;
      part = 0;
    }
  }
  return number * 256 + part;
}

const digitZero = 48;

type Ip = ipaddr.IPv4 | ipaddr.IPv6;

function parseAddress(text: string): Ip | undefined {
  const zone = text.indexOf('%');
  const bare = zone < 0 ? text : text.slice(0, zone);
  // Asked first and not the library, which throws inside for each name that is no address: ten times the cost.
  if (ipv4Spelling.test(bare)) return ipaddr.IPv4.parse(bare);
  if (!bare.includes(':')) return undefined;
  const groups = withoutQuad(bare);
  return ipaddr.IPv6.isValid(groups) ? unwrap(ipaddr.IPv6.parse(groups)) : undefined;
}

/** `::192.0.2.1` as `::c000:201`: the library would take it for the mapped `::ffff:192.0.2.1`. */
function withoutQuad(text: string): string {
  const start = text.lastIndexOf(':') + 1;
  const quad = text.slice(start);
  if (!ipv4Spelling.test(quad)) return text;
  const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv4.parse(quad).octets;
  return `${text.slice(0, start)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function unwrap(address: ipaddr.IPv6): Ip {
  const range = address.range();
  if (range !== 'ipv4Mapped' && range !== 'rfc6052') return address;
  return new ipaddr.IPv4(address.toByteArray().slice(12));
}

function spell(address: Ip): ClientAddress {
  return (
    address.kind() === 'ipv6' ? (address as ipaddr.IPv6).toRFC5952String() : address.toString()
  ) as ClientAddress;
}

function maskedNetwork(address: ClientAddress, bits: number): Network {
  const kind = address.includes(':') ? ipaddr.IPv6 : ipaddr.IPv4;
  return `${spell(kind.networkAddressFromCIDR(`${address}/${bits}`))}/${bits}` as Network;
}
