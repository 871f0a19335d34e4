import ipaddr from 'ipaddr.js';

/** S-07: neighbours count together, IPv4 at /24 and IPv6 at /64. What is no address counts as itself. */
export function clientNetwork(client: string): string {
  if (!ipaddr.isValid(client)) return client;
  const address = ipaddr.parse(client);
  const bytes = address.toByteArray().slice(0, address.kind() === 'ipv4' ? 3 : 8);
  return Buffer.from(bytes).toString('hex');
}
