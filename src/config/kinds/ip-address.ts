import type { ClientAddress, Network } from '#base/client-address.ts';
import { networkSet, parseClientAddress, parseNetwork } from '#base/client-address.ts';
import { err, ok } from '#base/result.ts';
import type { Kind } from '../kind.ts';
import { problem, shown } from '../kind.ts';

/** A settled address has no zone: it would mean another thing on another machine. */
export function canonicalAddress(text: string): ClientAddress | undefined {
  return text.length > 64 || text.includes('%') ? undefined : parseClientAddress(text);
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

export const ipAddress: Kind<ClientAddress> = textKind('an IPv4 or IPv6 address', canonicalAddress);

/** A network in CIDR form; a single address stands for itself. Canonical: `192.0.2.0/24`. */
export const ipNetwork: Kind<Network> = textKind(
  'an IP network like "192.0.2.0/24" or "2001:db8::/32"',
  canonicalNetwork,
);

/** Host bits that are not zero are a slip of the pen: which network was meant? */
function canonicalNetwork(text: string): Network | undefined {
  const written = canonicalAddress(text.split('/', 1)[0] ?? '');
  const network = parseNetwork(text);
  return network !== undefined && written === network.slice(0, network.indexOf('/')) ? network : undefined;
}

/** Is `address` in `network`? Both canonical. */
export function networkContains(network: Network, address: ClientAddress): boolean {
  return networkSet([network]).has(address);
}

const loopback = networkSet(['127.0.0.0/8' as Network, '::1/128' as Network]);

/** Can a peer on another machine reach this address? */
export function isLoopback(address: ClientAddress): boolean {
  return loopback.has(address);
}

export interface Endpoint {
  readonly address: ClientAddress;
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
