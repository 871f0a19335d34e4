import { toASCII, toUnicode } from 'tr46';
import type { Brand } from '#base/brand.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';

/** A domain in its one spelling: lower-case A-labels, no trailing dot. Only `parseDomain` makes one. */
export type Domain = Brand<string, 'Domain'>;

/** Why a text is no address or domain; the words of a refusal are made from it. */
export type AddressProblem =
  /** Nothing there, or no `@`. */
  | 'incomplete'
  /** A character or a dot where the grammar has none. */
  | 'syntax'
  /** Non-ASCII where SMTPUTF8 was not asked for. */
  | 'non-ascii'
  /** Not a valid internationalised name (UTS 46, IDNA 2008). */
  | 'idna'
  /** Not an IPv4 or IPv6 address literal (RFC 5321 §4.1.3). */
  | 'literal'
  | 'local-too-long'
  | 'domain-too-long'
  | 'too-long'
  /** A top-level label of digits only (RFC 3696 §2). */
  | 'numeric-top-label';

/** RFC 1035 §2.3.4. */
export const labelBytesMax = 63;
/** RFC 1035 §2.3.4: 255 octets on the wire are 253 characters; RFC 5321 §4.5.3.1.2 allows no more. */
export const domainBytesMax = 253;

/**
 * Non-transitional UTS 46. Hyphens in the third and fourth place occur in real names (`r3---sn.example`),
 * so they are not checked; A-labels are.
 */
const idnaOptions = {
  checkHyphens: false,
  checkBidi: true,
  checkJoiners: true,
  useSTD3ASCIIRules: true,
  verifyDNSLength: true,
  transitionalProcessing: false,
} as const;

const asciiPattern = /^\p{ASCII}*$/u;
const digitsPattern = /^[0-9]+$/;

export interface DomainOptions {
  /** Take U-labels (SMTPUTF8, configuration, people); they are turned into A-labels. */
  readonly allowUnicode?: boolean;
  /** Take a last label of digits only: the grammar of SMTP has it, DNS does not (decision A-2). */
  readonly allowNumericTop?: boolean;
}

/**
 * Reads a domain name and gives its one spelling (RFC 5321 §4.1.2 `Domain`, RFC 5890).
 * Letters, digits and hyphens only; a single label is a domain.
 */
export function parseDomain(text: string, options: DomainOptions = {}): Result<Domain, AddressProblem> {
  if (isPlainDomain(text)) return ok(text);
  const ascii = toAscii(text, options.allowUnicode === true);
  if (!ascii.ok) return ascii;
  const labels = ascii.value.split('.');
  for (const label of labels) {
    const problem = labelProblem(label);
    if (problem !== undefined) return err(problem);
  }
  if (ascii.value.length > domainBytesMax) return err('domain-too-long');
  if (options.allowNumericTop !== true && digitsPattern.test(labels.at(-1) ?? '')) {
    return err('numeric-top-label');
  }
  return ok(ascii.value as Domain);
}

/** In its one spelling already, as most names come: seen in one walk. Of what is not, the reason is for `parseDomain`. */
export function isPlainDomain(text: string): text is Domain {
  if (text.length > domainBytesMax) return false;
  let labelStart = 0;
  let hasHyphen = false;
  let hasLetter = false;
  let last = dot;
  for (let at = 0; at < text.length; at += 1) {
    const c = text.charCodeAt(at);
    if (c === dot) {
      if (last === dot || last === hyphen || at - labelStart > labelBytesMax) return false;
      labelStart = at + 1;
      hasLetter = false;
    } else if (c === hyphen) {
      if (last === dot) return false;
      hasHyphen = true;
    } else if (c >= 97 && c <= 122) hasLetter = true;
    else if (c < 48 || c > 57) return false;
    last = c;
  }
  if (last === dot || last === hyphen || !hasLetter) return false;
  return text.length - labelStart <= labelBytesMax && !(hasHyphen && text.includes('xn--'));
}

const dot = 46;
const hyphen = 45;

function toAscii(text: string, allowUnicode: boolean): Result<string, AddressProblem> {
  if (text === '') return err('incomplete');
  // Longer than any spelling of a legal name: do not even convert it.
  if (text.length > 4 * domainBytesMax) return err('domain-too-long');
  const plain = asciiPattern.test(text);
  if (!plain && !allowUnicode) return err('non-ascii');
  const lower = text.toLowerCase();
  if (plain && !lower.includes('xn--')) return ok(lower);
  if (plain && longLabel(lower)) return err('domain-too-long');
  const converted = toASCII(plain ? lower : text, idnaOptions);
  return converted === null ? err('idna') : ok(converted);
}

function longLabel(text: string): boolean {
  return text.split('.').some((label) => label.length > labelBytesMax);
}

/** RFC 5321 §4.1.2 `sub-domain`. */
function labelProblem(label: string): AddressProblem | undefined {
  if (label.length > labelBytesMax) return 'domain-too-long';
  return /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(label) ? undefined : 'syntax';
}

/** The name as people read it (U-labels); a label that does not convert stays as it is. */
export function domainToUnicode(domain: Domain): string {
  if (!domain.includes('xn--')) return domain;
  const converted = toUnicode(domain, idnaOptions);
  return converted.error ? domain : converted.domain;
}
