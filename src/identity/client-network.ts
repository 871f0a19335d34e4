import ipaddr from 'ipaddr.js';

/** S-07: neighbours count together, IPv4 at /24 and IPv6 at /64. What is no address counts as itself. */
export function clientNetwork(client: string): string {
  return masked(client, { ipv4Bytes: 3, ipv6Bytes: 8 });
}

/** S-07: what one client holds alone, IPv4 /32 and IPv6 /64. */
export function clientAddressKey(client: string): string {
  return masked(client, { ipv4Bytes: 4, ipv6Bytes: 8 });
}

function masked(
  client: string,
  { ipv4Bytes, ipv6Bytes }: { readonly ipv4Bytes: number; readonly ipv6Bytes: number },
): string {
  // Most clients, and what every message asks for: no arithmetic.
  if (ipv4Spelling.test(client)) return ipv4Bytes === 4 ? client : client.slice(0, client.lastIndexOf('.'));
  if (!ipaddr.isValid(client)) return client;
  const address = ipaddr.parse(client);
  const bytes = address.toByteArray().slice(0, address.kind() === 'ipv4' ? ipv4Bytes : ipv6Bytes);
  return Buffer.from(bytes).toString('hex');
}

const ipv4Spelling = /^\d{1,3}(?:\.\d{1,3}){3}$/;
