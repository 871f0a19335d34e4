import type { Random } from '#platform/random.ts';

/** RFC 1035 §2.3.4: labels of at most 63 octets, here visible ASCII. */
const namePattern = /^[!-\-/-~]{1,63}(?:\.[!-\-/-~]{1,63})*$/;
const nameOctetsMax = 253;

/** `a` to `z` differ from `A` to `Z` in this bit only. */
const caseBit = 0x20;

/**
 * The name with each letter in a case by chance (draft-vixie-dnsext-dns0x20): who forges a reply has to guess it, a
 * bit for each letter beside id and port.
 */
export function spelledByChance(name: string, random: Random): string {
  const bytes = Buffer.from(name, 'latin1');
  const chance = random.bytes(bytes.length);
  for (const [at, byte] of bytes.entries()) {
    const isLetter = byte >= 0x61 && byte <= 0x7a;
    if (isLetter && ((chance[at] ?? 0) & 1) === 1) bytes[at] = byte ^ caseBit;
  }
  return bytes.toString('latin1');
}

/**
 * A name in the one spelling used for questions and as a key: lower case, no trailing dot, the root as `.`.
 * `undefined` if it cannot be asked for: an empty or too long label, anything but visible ASCII.
 */
export function canonicalName(text: string): string | undefined {
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  if (name === '') return text === '.' ? '.' : undefined;
  return name.length <= nameOctetsMax && namePattern.test(name) ? name : undefined;
}
