import ipaddr from 'ipaddr.js';

const qnum = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const ip4Pattern = new RegExp(`^${qnum}(?:\\.${qnum}){3}$`);

/** The octets of an address in text; undefined if it is none. */
export function addressBytes(text: string): Uint8Array | undefined {
  return ip4Bytes(text) ?? ip6Bytes(text);
}

/** Four decimals without leading zeros. */
export function ip4Bytes(text: string): Uint8Array | undefined {
  return ip4Pattern.test(text) ? Uint8Array.from(text.split('.'), Number) : undefined;
}

/** Any form of RFC 4291 §2.2, without zone; one that maps IPv4 stays sixteen octets. */
export function ip6Bytes(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f:.]{2,45}$/i.test(text) || !text.includes(':')) return undefined;
  const last = text.slice(text.lastIndexOf(':') + 1);
  if (last.includes('.') && !ip4Pattern.test(last)) return undefined;
  return ipaddr.IPv6.isValid(text) ? Uint8Array.from(ipaddr.IPv6.parse(text).toByteArray()) : undefined;
}

/** Decimal octets or hexadecimal digits, as names are made of them (RFC 1035 §3.5, RFC 3596 §2.5). */
export function addressLabels(bytes: Uint8Array): readonly string[] {
  if (bytes.length === 4) return Array.from(bytes, String);
  return Array.from(bytes, (octet) => octet.toString(16).padStart(2, '0').split('')).flat();
}

/** The name under which the address's owner publishes its names. */
export function reverseName(bytes: Uint8Array): string {
  const zone = bytes.length === 4 ? 'in-addr.arpa' : 'ip6.arpa';
  return `${addressLabels(bytes).toReversed().join('.')}.${zone}`;
}

/** The type of record that holds such addresses. */
export function addressType(bytes: Uint8Array): 'A' | 'AAAA' {
  return bytes.length === 4 ? 'A' : 'AAAA';
}
