import type { Random } from '#platform/random.ts';

/** RFC 1035 §2.3.4. */
const labelOctetsMax = 63;
const nameOctetsMax = 253;
const dotCode = 46;

/** `a` to `z` differ from `A` to `Z` in this bit only. */
const caseBit = 0x20;

/**
 * The name with each letter in a case by chance (draft-vixie-dnsext-dns0x20): who forges a reply has to guess it, a
 * bit for each letter beside id and port.
 */
export function spelledByChance(name: string, random: Random): string {
  const bytes = Buffer.from(name, 'latin1');
  // A bit for each octet.
  const chance = random.bytes((bytes.length + 7) >> 3);
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    const isLetter = byte >= 0x61 && byte <= 0x7a;
    if (isLetter && (((chance[at >> 3] ?? 0) >> (at & 7)) & 1) === 1) bytes[at] = byte ^ caseBit;
  }
  return bytes.toString('latin1');
}

/**
 * A name in the one spelling used for questions and as a key: lower case, no trailing dot, the root as `.`.
 * `undefined` if it cannot be asked for: an empty or too long label, anything but visible ASCII.
 */
export function canonicalName(text: string): string | undefined {
  if (text === '.') return text;
  const last = text.length - 1;
  const length = text.charCodeAt(last) === dotCode ? last : text.length;
  if (length > nameOctetsMax) return undefined;
  let labelAt = 0;
  let hasCapitals = false;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    // Visible ASCII.
    if (code < 0x21 || code > 0x7e) return undefined;
    if (code >= 0x41 && code <= 0x5a) hasCapitals = true;
    if (code !== dotCode) continue;
    if (at === labelAt || at - labelAt > labelOctetsMax) return undefined;
    labelAt = at + 1;
  }
  if (length === labelAt || length - labelAt > labelOctetsMax) return undefined;
  const name = length === text.length ? text : text.slice(0, length);
  return hasCapitals ? name.toLowerCase() : name;
}
