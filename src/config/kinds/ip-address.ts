import ipaddr from 'ipaddr.js';
import { err, ok } from '#base/result.ts';
import type { Kind } from '../kind.ts';
import { problem, shown } from '../kind.ts';

/** The canonical text of an IP address, IPv4-mapped ones unwrapped (S-07); `undefined` if it is none. */
export function canonicalAddress(text: string): string | undefined {
  if (text.length > 64 || text.includes('%')) return undefined;
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return undefined;
  return ipaddr.process(text).toString();
}

function textKind<T>(description: string, parse: (text: string) => T | undefined): Kind<T> {
  return {
    description,
    read(value) {
      const parsed = typeof value === 'string' ? parse(value) : undefined;
      return parsed === undefined ? err(problem(`must be ${description}, not ${shown(value)}`)) : ok(parsed);
    },
    fromText: (text) => text,
    write: (value) => value,
  };
}

export const ipAddress: Kind<string> = textKind('an IPv4 or IPv6 address', canonicalAddress);

/** A network in CIDR form; a single address stands for itself. Canonical: `192.0.2.0/24`. */
export const ipNetwork: Kind<string> = textKind(
  'an IP network like "192.0.2.0/24" or "2001:db8::/32"',
  canonicalNetwork,
);

function canonicalNetwork(text: string): string | undefined {
  const [address = '', bits, ...rest] = text.split('/');
  const canonical = canonicalAddress(address);
  if (canonical === undefined || rest.length > 0) return undefined;
  const width = canonical.includes(':') ? 128 : 32;
  if (bits === undefined) return `${canonical}/${width}`;
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > width) return undefined;
  const network = `${canonical}/${Number(bits)}`;
  const first = canonical.includes(':')
    ? ipaddr.IPv6.networkAddressFromCIDR(network)
    : ipaddr.IPv4.networkAddressFromCIDR(network);
  return first.toString() === canonical ? network : undefined;
}

/** Is `address` (canonical) in `network` (canonical)? */
export function networkContains(network: string, address: string): boolean {
  const [range, bits] = ipaddr.parseCIDR(network);
  const parsed = ipaddr.parse(address);
  return parsed.kind() === range.kind() && parsed.match(range, bits);
}

/** Can a peer on another machine reach this address? */
export function isLoopback(address: string): boolean {
  return networkContains('127.0.0.0/8', address) || networkContains('::1/128', address);
}

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** `192.0.2.1:53` or `[2001:db8::1]:53`. */
export const endpoint: Kind<Endpoint> = {
  ...textKind('an address with a port like "192.0.2.1:53" or "[2001:db8::1]:53"', parseEndpoint),
  write: spellEndpoint,
};

function parseEndpoint(text: string): Endpoint | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([0-9.]{7,15})):(\d{1,5})$/.exec(text);
  const address = canonicalAddress(match?.[1] ?? match?.[2] ?? '');
  const port = Number(match?.[3]);
  return address === undefined || port < 1 || port > 65_535 ? undefined : { address, port };
}

export function spellEndpoint(value: Endpoint): string {
  return value.address.includes(':') ? `[${value.address}]:${value.port}` : `${value.address}:${value.port}`;
}
