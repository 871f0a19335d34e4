import { withoutComments } from '#mail/cfws.ts';
import { parseDomain } from '#mail/domain.ts';
import type { Domain } from '#mail/domain.ts';
import { decodeEncodedWords, decodeRaw } from '#mail/encoded-word.ts';
import { headerAddress, parseAddressList } from '#mail/header-address.ts';
import type { AddressList } from '#mail/header-address.ts';
import { findFields, foldedValue, unfold } from '#mail/header.ts';
import type { HeaderBlock } from '#mail/header.ts';
import type { EnvelopeAddress } from '#mail/summary.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';

/**
 * Whom a message claims to be from (RFC 9989 §5.3.1). What is `unfit` has no one author domain and is refused with
 * `550 5.6.0`: a reader may show the author who was not judged (RFC 9989 §11.5).
 */
export type AuthorDomain =
  | {
      readonly kind: 'domain';
      readonly domain: Domain;
      /** Other domains that stand in the display names: shown to people, proven by nobody. */
      readonly displayed: readonly Domain[];
    }
  /** One author at an address literal: nothing could be published for it, so DMARC does not apply. */
  | { readonly kind: 'literal'; readonly literal: string }
  | UnfitAuthor;

export interface UnfitAuthor {
  readonly kind: 'unfit';
  readonly problem: AuthorProblem;
  /** In words; foreign text in it is cleaned. */
  readonly detail: string;
}

export type AuthorProblem =
  | 'no-from'
  | 'several-from-fields'
  /** An empty group, or nothing that is an address. */
  | 'no-author'
  | 'several-domains'
  /** One reader finds one domain, another reader another. */
  | 'ambiguous'
  | 'too-many-authors';

/** More authors than this have never written one message. */
export const authorsMax = 20;
/** Octets of a From field; twenty authors with long names have fewer. More would cost time and tell nothing. */
export const fromBytesMax = 16_384;
/** Domains in display names that are told. */
export const displayedDomainsMax = 8;

/** Reads the author domain from the header of a message as it was sent. Never throws. */
export function readAuthorDomain(header: HeaderBlock): AuthorDomain {
  const [from, second] = findFields(header, 'from');
  if (second !== undefined || hasDisguisedFrom(header))
    return unfit('several-from-fields', 'the message has more than one From field');
  if (from === undefined) return unfit('no-from', 'the message has no From field');
  return authorOf(foldedValue(header, from));
}

/** A line that our reader takes for none, but that another may take for a From field. */
function hasDisguisedFrom({ text, fields, bodyStart }: HeaderBlock): boolean {
  let at = 0;
  for (const { start, end } of fields) {
    if (start > at && disguisedFrom.test(text.slice(at, start))) return true;
    at = end;
  }
  return bodyStart > at && disguisedFrom.test(text.slice(at, bodyStart));
}

/** Whatever stands around the name that is no letter, digit or sign: a NUL, a space that is none. */
const disguisedFrom = /(?:^|[\r\n])[^\x21-\x7e\r\n]{0,8}from[^\x21-\x7e\r\n]{0,8}:/i;

/** @param raw the value as it stands, folded or not */
function authorOf(raw: string): AuthorDomain {
  if (raw.length > fromBytesMax) return unfit('too-many-authors', 'the From field is too long');
  if (hasControls(raw)) return unfit('ambiguous', 'the From field holds control characters');
  const list = parseAddressList(raw);
  // A word alone is the rest of a name with a comma in it; only domains are counted (RFC 9989 §5.3.1).
  const authors = list.addresses.filter(({ host }) => host !== undefined && host !== '');
  if (authors.length > authorsMax) return unfit('too-many-authors', 'the From field has too many addresses');
  const hosts = authors.map(hostOf);
  const [host] = hosts;
  if (host === undefined) return unfit('no-author', 'the From field holds no address');
  if (hosts.includes(unreadable) || authors.some((author) => isTricky(author, raw)))
    return unfit('ambiguous', 'the From field cannot be read for certain');
  if (new Set(hosts).size > 1) return unfit('several-domains', severalWords(hosts));
  const others = otherReadings(raw, list).filter((domain) => domain !== host);
  if (others.length > 0) return unfit('ambiguous', severalWords([host, ...others]));
  if (host.startsWith('[')) return { kind: 'literal', literal: host };
  const displayed = showsMore(raw)
    ? domainsIn(decodeEncodedWords(unfold(raw))).filter((domain) => domain !== host)
    : [];
  return { kind: 'domain', domain: host as Domain, displayed: displayed.slice(0, displayedDomainsMax) };
}

/** Whether there is more that could be an address than the one that was found. */
function showsMore(raw: string): boolean {
  return raw.includes('=?') || raw.indexOf('@') !== raw.lastIndexOf('@');
}

/**
 * What a reader may take for the author's domain who reads a field otherwise that we had to guess at: whatever looks
 * like an address in it, comments and quotes left in or out, and encoded words that stand where an address should.
 */
function otherReadings(raw: string, { addresses, exact }: AddressList): readonly string[] {
  if (exact) return [];
  // Elsewhere an encoded word is a name, which is shown as one.
  const text = unfold(decodeRaw(raw)).replaceAll(encodedWord, ' ');
  const alone = addresses.filter(({ host }) => host === '');
  const words = alone.map(({ mailbox = '' }) => decodeEncodedWords(mailbox));
  const bare = withoutComments(text).replaceAll(/["\\]/g, '');
  // Some readers go on behind a quoted string, a comment or empty brackets as if they were not there.
  const joined = text.replaceAll(asides, '');
  return [text, withoutComments(text), bare, joined, ...words].flatMap(domainWords).concat(cutOpen(text));
}

/**
 * With the white space before them, from where that begins: to begin anew at each of its characters costs milliseconds for a
 * long field.
 */
const asides = /(?<!\s)\s{0,64}(?:"[^"]*"|\([^()]*\)|<\s{0,64}>)/g;

/** Domains in whose middle a comment or a quoted string begins: readers differ on where they go on. */
function cutOpen(text: string): readonly string[] {
  const pieces = text.split('"');
  // Every other piece stands in quotes, and what follows it closes them.
  return pieces.flatMap((piece, index) => {
    const open = index % 2 === 0 && index < pieces.length - 1 ? `${piece}"` : piece;
    return open.match(cutDomain) ?? [];
  });
}

const cutDomain = /@[^\s"(),:;<>@[\\\]]{1,255}["(]/g;

const encodedWord = /=\?[^?\s]{1,80}\?[bq]\?[^?\s]{0,200}\?=/gi;

/** What folding does not explain (RFC 5322 §2.2.3). */
function hasControls(raw: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /[\u0000-\u0008\u000a-\u001f\u007f]/.test(raw.replaceAll(/\r?\n(?=[ \t])/g, ''));
}

/**
 * Forms that RFC 5322 has and that readers take for different addresses: a source route, a quoted or
 * encoded local part that holds an address, a domain with white space or comments in it.
 */
function isTricky({ route, mailbox = '', host = '' }: EnvelopeAddress, raw: string): boolean {
  return route !== undefined || decodeEncodedWords(mailbox).includes('@') || !raw.includes(`@${host}`);
}

const unreadable = '';

/** The domain or literal in its one spelling. */
function hostOf(author: EnvelopeAddress): string {
  const address = headerAddress(author);
  return address.ok ? address.value.domain : unreadable;
}

/** Domains of whatever looks like an address. */
function domainsIn(text: string): readonly Domain[] {
  const domains = domainWords(text).map((word) => parseDomain(word, { allowUnicode: true }));
  return [...new Set(domains.flatMap((domain) => (domain.ok ? [domain.value] : [])))];
}

/**
 * What follows an at sign, as written, or in the one spelling of domains if it is one. A word with one at sign and no dot
 * is a name, as in `Some@Work`.
 */
function domainWords(text: string): readonly string[] {
  return [...new Set(text.split(separators))]
    .map((word) => word.split('@').slice(1))
    .flatMap((words) => (words.length > 1 ? words : words.filter((word) => word.includes('.'))))
    .map((word) => {
      const domain = parseDomain(word, { allowUnicode: true });
      return domain.ok ? domain.value : word;
    });
}

/** What parts words in an address field. */
const separators = /[\s<>()",:;[\]\\]+/;

function severalWords(hosts: readonly string[]): string {
  const names = [...new Set(hosts)].slice(0, displayedDomainsMax).join(', ');
  return `the From field names several domains: ${cleanForeignText(names)}`;
}

function unfit(problem: AuthorProblem, detail: string): UnfitAuthor {
  return { kind: 'unfit', problem, detail };
}
