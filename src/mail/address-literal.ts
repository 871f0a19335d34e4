import ipaddr from 'ipaddr.js';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { AddressProblem } from './domain.ts';

/** An address in the place of a domain, in canonical form: `[192.0.2.1]`, `[IPv6:2001:db8::1]` (RFC 5952). */
export type AddressLiteral = `[${string}]`;

/** Longest text between brackets: `IPv6:` and 45 characters. */
const literalBytesMax = 50;

/**
 * Reads `[…]` (RFC 5321 §4.1.3). `General-address-literal` needs a tag that IANA has registered; but for
 * `IPv6` there is none, so others are refused (decision A-3).
 */
export function parseAddressLiteral(text: string): Result<AddressLiteral, AddressProblem> {
  if (!text.startsWith('[') || !text.endsWith(']') || text.length > literalBytesMax + 2)
    return err('literal');
  const inner = text.slice(1, -1);
  if (isIpv4(inner)) return ok<AddressLiteral>(`[${inner}]`);
  if (!/^ipv6:/i.test(inner)) return err('literal');
  const address = inner.slice('IPv6:'.length);
  if (!isIpv6(address)) return err('literal');
  return ok<AddressLiteral>(`[IPv6:${ipaddr.IPv6.parse(address).toRFC5952String()}]`);
}

/** @param address in its one spelling */
export function addressLiteral(address: string): AddressLiteral {
  return address.includes(':') ? `[IPv6:${address}]` : `[${address}]`;
}

/** Four decimal numbers; a leading zero is refused, since some readers take it as octal. */
function isIpv4(text: string): boolean {
  const numbers = text.split('.');
  return numbers.length === 4 && numbers.every((n) => /^(?:0|[1-9][0-9]{0,2})$/.test(n) && Number(n) <= 255);
}

/** RFC 5321 §4.1.3 `IPv6-addr`: `::` stands for at least two groups. */
function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [index, half] of halves.entries()) {
    if (half === '' && halves.length === 2) continue;
    const count = groupCount(half, index === halves.length - 1);
    if (count === undefined) return false;
    groups += count;
  }
  return halves.length === 2 ? groups <= 6 : groups === 8;
}

/** Groups of 16 bits in `a:b:c` or, at the end, `a:b:192.0.2.1`. */
function groupCount(text: string, isLast: boolean): number | undefined {
  const pieces = text.split(':');
  const last = pieces.at(-1) ?? '';
  const withIpv4 = isLast && last.includes('.');
  const hex = withIpv4 ? pieces.slice(0, -1) : pieces;
  if (withIpv4 && !isIpv4(last)) return undefined;
  if (!hex.every((piece) => /^[0-9a-f]{1,4}$/i.test(piece))) return undefined;
  return hex.length + (withIpv4 ? 2 : 0);
}
