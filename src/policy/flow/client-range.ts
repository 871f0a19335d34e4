import { networkSet, parseClientAddress, parseNetwork } from '#base/client-address.ts';
import type { ClientAddress, NetworkSet } from '#base/client-address.ts';

/**
 * Reads an address, a network (`192.0.2.0/24`) or a range (`192.0.2.7-192.0.2.99`); `undefined` if it is none of them.
 * Host bits that are not zero are a slip, and refused.
 */
export function clientRange(text: string): NetworkSet | undefined {
  const [first = '', last, ...more] = text.split('-');
  if (more.length > 0) return undefined;
  return last === undefined ? networkOf(text) : between(first, last);
}

/** How wide such a text is, as the bits of the narrowest prefix of that many addresses. */
export function rangeWidth(text: string): { readonly ipv6: boolean; readonly bits: number } | undefined {
  const [firstText = '', lastText = ''] = text.split('-');
  const [first, last] = [parseClientAddress(firstText), parseClientAddress(lastText)];
  if (first !== undefined && last !== undefined) {
    const ipv6 = first.includes(':');
    const differing = (numberOf(last) - numberOf(first)).toString(2).replace(/^0$/, '').length;
    return { ipv6, bits: (ipv6 ? 128 : 32) - differing };
  }
  const network = parseNetwork(text);
  if (network === undefined) return undefined;
  return { ipv6: network.includes(':'), bits: Number(network.slice(network.indexOf('/') + 1)) };
}

function networkOf(text: string): NetworkSet | undefined {
  const network = parseNetwork(text);
  const written = parseClientAddress(text.split('/', 1)[0] ?? '');
  if (network === undefined || written !== network.slice(0, network.indexOf('/'))) return undefined;
  return networkSet([network]);
}

function between(firstText: string, lastText: string): NetworkSet | undefined {
  const [first, last] = [parseClientAddress(firstText), parseClientAddress(lastText)];
  if (first === undefined || last === undefined || first.includes(':') !== last.includes(':'))
    return undefined;
  const [low, high] = [numberOf(first), numberOf(last)];
  if (low > high) return undefined;
  const isIpv6 = first.includes(':');
  return {
    has: (address) => address.includes(':') === isIpv6 && isBetween(numberOf(address), low, high),
  };
}

function isBetween(value: bigint, low: bigint, high: bigint): boolean {
  return value >= low && value <= high;
}

function numberOf(address: ClientAddress): bigint {
  if (!address.includes(':')) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].reduce((sum, part) => sum * 65_536n + BigInt(`0x${part}`), 0n);
}
