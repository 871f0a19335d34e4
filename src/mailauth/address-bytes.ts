/** Of an IPv4 address in text. */
const ip4CharsMax = 15;

/** The octets of an address in text; undefined if it is none. */
export function addressBytes(text: string): Uint8Array | undefined {
  return ip4Bytes(text) ?? ip6Bytes(text);
}

/** Four decimals without leading zeros. */
export function ip4Bytes(text: string): Uint8Array | undefined {
  if (text.length > ip4CharsMax) return undefined;
  const bytes = new Uint8Array(4);
  let at = 0;
  let digits = 0;
  let value = 0;
  for (let index = 0; index <= text.length; index += 1) {
    const digit = text.charCodeAt(index) - zeroCode;
    if (digit >= 0 && digit <= 9) {
      if (digits > 0 && value === 0) return undefined;
      value = value * 10 + digit;
      digits += 1;
    } else {
      const isEnd = index === text.length;
      if (digits === 0 || value > 255 || at > 3 || (!isEnd && text[index] !== '.')) return undefined;
      bytes[at] = value;
      at += 1;
      digits = 0;
      value = 0;
    }
  }
  return at === 4 ? bytes : undefined;
}

const zeroCode = 48;

/**
 * Any form of RFC 4291 §2.2, without zone; one that maps IPv4 stays sixteen octets. (ipaddr.js 2.5 reads `::1.2.3.4`
 * as `::ffff:1.2.3.4`, so it is not asked.)
 */
export function ip6Bytes(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f:.]{2,45}$/i.test(text)) return undefined;
  const [head = '', tail, ...more] = withoutDots(text).split('::');
  const before = groups(head);
  const after = groups(tail ?? '');
  if (before === undefined || after === undefined || more.length > 0) return undefined;
  const missing = groupsOfAddress - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...before, ...Array.from({ length: missing }, () => 0), ...after];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

const groupsOfAddress = 8;

/** An IPv4 address at the end as two groups; the text as it is where there is none. */
function withoutDots(text: string): string {
  const colon = text.lastIndexOf(':');
  const [a, b, c, d] = ip4Bytes(text.slice(colon + 1)) ?? [];
  if (colon < 0 || a === undefined || b === undefined || c === undefined || d === undefined) return text;
  return `${text.slice(0, colon + 1)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/** Groups of four hexadecimal digits; undefined when one is none. */
function groups(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const pieces = text.split(':');
  if (!pieces.every((piece) => /^[0-9a-f]{1,4}$/i.test(piece))) return undefined;
  return pieces.map((piece) => Number.parseInt(piece, 16));
}

/** Decimal octets or hexadecimal digits, as names are made of them (RFC 1035 §3.5, RFC 3596 §2.5). */
export function addressLabels(bytes: Uint8Array): readonly string[] {
  const labels: string[] = [];
  for (const octet of bytes) {
    if (bytes.length === 4) labels.push(String(octet));
    else labels.push((octet >> 4).toString(16), (octet & 15).toString(16));
  }
  return labels;
}

/** The name under which the address's owner publishes its names. */
export function reverseName(bytes: Uint8Array): string {
  let name = bytes.length === 4 ? 'in-addr.arpa' : 'ip6.arpa';
  for (const label of addressLabels(bytes)) name = `${label}.${name}`;
  return name;
}

/** The type of record that holds such addresses. */
export function addressType(bytes: Uint8Array): 'A' | 'AAAA' {
  return bytes.length === 4 ? 'A' : 'AAAA';
}
