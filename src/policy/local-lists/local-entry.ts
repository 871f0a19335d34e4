import type { Network } from '#base/client-address.ts';
import { parseNetwork } from '#base/client-address.ts';
import { foldLocalPart, formatAddress, parseAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import { domainBytesMax, parseDomain } from '#mail/domain.ts';
import { parseAsn, parseCountry } from '../list-files/network-origins.ts';
import { clientRange } from '../flow/client-range.ts';

/** Which of the two lists of this server. */
export const localListNames = ['block', 'allow'] as const;
export type LocalListName = (typeof localListNames)[number];

/** What an entry is about. */
export type LocalSubject =
  | { readonly kind: 'network'; readonly value: Network }
  /** And all that lies below it. */
  | { readonly kind: 'domain'; readonly value: string }
  | { readonly kind: 'address'; readonly value: string }
  /** `AS64496`: whose network the client lies in; needs a table (`lists.network_files`). */
  | { readonly kind: 'asn'; readonly value: string }
  /** `country:DE`: where that network is registered; needs one too. */
  | { readonly kind: 'country'; readonly value: string }
  /** Of addresses, with `*` for any characters: `*@*.example`. */
  | { readonly kind: 'pattern'; readonly value: string };

/** Who made an entry: a person, or what happened (P-25): mail to traps, offences, reports of users. */
export const localOrigins = ['administrator', 'trap', 'offender', 'report'] as const;
export type LocalOrigin = (typeof localOrigins)[number];

/** `removed`: taken off by hand; nothing automatic puts it back while the row lasts. */
export type LocalRowList = LocalListName | 'removed';

/** A line of the local block or allow list (P-24, P-26). */
export interface LocalEntry {
  readonly list: LocalRowList;
  readonly subject: LocalSubject;
  readonly origin: LocalOrigin;
  /** Why, for those who look later; one line. */
  readonly reason: string | undefined;
  /** Wall clock. */
  readonly sinceMs: number;
  /** `undefined`: until it is removed. */
  readonly untilMs: number | undefined;
  /** What led to it, of an entry that nobody made by hand. */
  readonly evidence?: Readonly<Record<string, string | number>>;
}

/** RFC 5321 §4.5.3.1: local part, `@` and domain. */
export const patternCharsMax = 64 + 1 + domainBytesMax;
/** Each `*` is a place to begin anew; no honest pattern needs more. */
const starsMax = 8;

/**
 * Reads what a person types: an address of a host or a network, the number of a network or a country, a domain, a mail
 * address, or a pattern of mail addresses. A network with host bits is a slip, and refused. `undefined`: none of them.
 */
export function parseLocalSubject(text: string): LocalSubject | undefined {
  if (text.length > patternCharsMax) return undefined;
  const network = parseNetwork(text);
  if (network !== undefined)
    return clientRange(text) === undefined ? undefined : { kind: 'network', value: network };
  const origin = originOf(text);
  if (origin !== undefined) return origin;
  if (text.includes('*')) return patternOf(text);
  if (text.includes('@')) return addressOf(text);
  const domain = parseDomain(text, { allowUnicode: true });
  return domain.ok && domain.value.includes('.') ? { kind: 'domain', value: domain.value } : undefined;
}

/** An address as entries and mail are compared: without case, since who writes `Info@` means `info@`. */
export function comparedAddress(text: string): string | undefined {
  const address = parseAddress(text, { smtpUtf8: true });
  return address.ok ? comparedForm(address.value) : undefined;
}

/** … of an address that was read already. */
export function comparedForm(address: Address): string {
  return formatAddress({ ...address, local: foldLocalPart(address.local) });
}

function originOf(text: string): LocalSubject | undefined {
  const asn = /^AS/i.test(text) ? parseAsn(text) : undefined;
  if (asn !== undefined) return { kind: 'asn', value: asnValue(asn) };
  const country = /^country:/i.test(text) ? parseCountry(text.slice('country:'.length)) : undefined;
  return country === undefined ? undefined : { kind: 'country', value: countryValue(country) };
}

export function asnValue(asn: number): string {
  return `AS${asn}`;
}

export function countryValue(country: string): string {
  return `country:${country}`;
}

function addressOf(text: string): LocalSubject | undefined {
  const value = comparedAddress(text);
  return value === undefined ? undefined : { kind: 'address', value };
}

function patternOf(text: string): LocalSubject | undefined {
  const value = text.toLowerCase();
  const [local = '', domain = '', ...more] = value.split('@');
  const isPlain = /^[\x21-\x7e]+$/.test(value) && more.length === 0;
  // What means everybody is no entry but an accident.
  const namesSomebody = /[a-z0-9]/.test(`${local}${domain.replaceAll(/[*.]/g, '')}`);
  const stars = value.split('*').length - 1;
  return isPlain && domain !== '' && namesSomebody && stars <= starsMax
    ? { kind: 'pattern', value }
    : undefined;
}

export function isEntryLive({ untilMs }: LocalEntry, nowMs: number): boolean {
  return untilMs === undefined || untilMs > nowMs;
}

/** Under which an entry is kept: there is one for each list and subject. */
export function entryKey(list: LocalRowList, { kind, value }: LocalSubject): string {
  return `${list} ${kind} ${value}`;
}
