import { parseDomain } from '#mail/domain.ts';
import type { Domain } from '#mail/domain.ts';
import { signedNamesMax } from './bounds.ts';
import type { Canonicalization } from './canonical-header.ts';
import { DkimProblem } from './dkim-problem.ts';
import { trimFws, withoutFws } from './tag-list.ts';
import type { TagList } from './tag-list.ts';

// Readers of single tags (RFC 6376 §3.5). They throw `DkimProblem`, which `readSignature` and `readSeal` catch.

export type SignatureAlgorithm = 'rsa-sha256' | 'ed25519-sha256';

/** UTF-8 may stand in domains, selectors and identities (RFC 8616 §5); the header is latin1 characters. */
export function utf8Text(latin1: string): string {
  return asciiPattern.test(latin1) ? latin1 : Buffer.from(latin1, 'latin1').toString('utf8');
}

const asciiPattern = /^\p{ASCII}*$/u;

export function requiredTag(tags: TagList, name: string): string {
  const value = tags.get(name)?.value;
  if (value === undefined || value === '') throw new DkimProblem('syntax', `${name}= is missing or empty`);
  return value;
}

export function algorithmTag(tags: TagList): SignatureAlgorithm {
  const value = requiredTag(tags, 'a');
  if (value === 'rsa-sha256' || value === 'ed25519-sha256') return value;
  // RFC 8301 §3.1: must not be verified.
  if (value === 'rsa-sha1') throw new DkimProblem('sha1', 'SHA-1 signatures do not count');
  throw new DkimProblem('algorithm', 'an algorithm that is not known here');
}

export function base64Tag(tags: TagList, name: string): Buffer {
  const text = withoutFws(requiredTag(tags, name));
  const bytes = Buffer.from(text, 'base64');
  if (!isWhole(text, bytes)) throw new DkimProblem('syntax', `${name}= is not base64`);
  return bytes;
}

/**
 * Whole groups of four, all of them read: what is no base64 is passed over in reading, so that fewer octets come out, but
 * for two signs of base64url.
 */
function isWhole(text: string, { length }: Buffer): boolean {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const octets = (text.length / 4) * 3 - padding;
  return text.length % 4 === 0 && length === octets && !text.includes('-') && !text.includes('_');
}

export function domainTag(tags: TagList): Domain {
  const domain = parseDomain(utf8Text(requiredTag(tags, 'd')), { allowUnicode: true });
  // RFC 6376 §3.5: at least two labels. A top-level domain signs for nobody.
  if (!domain.ok || !domain.value.includes('.')) throw new DkimProblem('syntax', 'd= is not a domain');
  return domain.value;
}

/** RFC 6376 §3.1 asks for the labels of host names; underscores occur in real selectors. */
const selectorPattern = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){0,9}$/;

export function selectorTag(tags: TagList): string {
  const value = requiredTag(tags, 's').toLowerCase();
  if (selectorPattern.test(value)) return value;
  const international = parseDomain(utf8Text(value), { allowUnicode: true });
  if (!international.ok) throw new DkimProblem('syntax', 's= is not a selector');
  return international.value;
}

/** Seconds since 1970 in at most 12 digits, as milliseconds. */
export function timeTag(tags: TagList, name: string): number | undefined {
  const value = tags.get(name)?.value;
  if (value === undefined) return undefined;
  if (!/^[0-9]{1,12}$/.test(value)) throw new DkimProblem('syntax', `${name}= is not a time`);
  return Number(value) * 1000;
}

/** `l=`, at most 76 digits. */
export function lengthTag(tags: TagList): number | undefined {
  const value = tags.get('l')?.value;
  if (value === undefined) return undefined;
  if (!/^[0-9]{1,76}$/.test(value)) throw new DkimProblem('syntax', 'l= is not a length');
  return Number(value);
}

/** `c=`, header and body; a body that is not named is simple (RFC 6376 §3.5). */
export function canonicalizationTag(
  tags: TagList,
  unsaid: Canonicalization,
): readonly [Canonicalization, Canonicalization] {
  const value = tags.get('c')?.value;
  if (value === undefined) return [unsaid, unsaid];
  const match = /^(simple|relaxed)(?:\/(simple|relaxed))?$/.exec(value);
  if (match === null) throw new DkimProblem('syntax', 'c= is not a canonicalization');
  return [match[1] === 'relaxed' ? 'relaxed' : 'simple', match[2] === 'relaxed' ? 'relaxed' : 'simple'];
}

/** `h=` in lower case. Names that are empty mean no field, as the ARC suite has it. */
export function namesTag(tags: TagList): readonly string[] {
  const value = tags.get('h')?.value;
  if (value === undefined) throw new DkimProblem('syntax', 'h= is missing');
  const pieces = value.toLowerCase().split(':', signedNamesMax + 1);
  if (pieces.length > signedNamesMax) throw new DkimProblem('syntax', 'h= has too many names');
  const names: string[] = [];
  for (const piece of pieces) {
    const name = trimFws(piece);
    if (!namePattern.test(name)) throw new DkimProblem('syntax', 'h= is not a list of field names');
    if (name !== '') names.push(name);
  }
  return names;
}

/** RFC 5322 §3.6.8 `ftext`, or nothing. */
const namePattern = /^[!-9;-~]*$/;
