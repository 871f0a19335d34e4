import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { parseAddressLiteral } from './address-literal.ts';
import type { AddressLiteral } from './address-literal.ts';
import { isPlainDomain, parseDomain } from './domain.ts';
import type { AddressProblem, Domain } from './domain.ts';

export type { AddressLiteral } from './address-literal.ts';
export type { AddressProblem } from './domain.ts';

/**
 * A mailbox address (RFC 5321 §4.1.2, RFC 6531 §3.3).
 * `local` is the local part with quotes and escapes taken off, otherwise as written (NFC);
 * `domain` is a `Domain`, or an address literal in canonical form (`[192.0.2.1]`, `[IPv6:2001:db8::1]`).
 */
export interface Address {
  readonly local: string;
  readonly domain: Domain | AddressLiteral;
}

/** RFC 5321 §4.1.2: `<>` is `undefined`. */
export type ReversePath = Address | undefined;

/** RFC 5321 §4.5.3.1.1, octets of UTF-8; quotes count. */
export const localBytesMax = 64;
/** RFC 5321 §4.5.3.1.3: 256 with the angle brackets. */
export const addressBytesMax = 254;
/** Room for a source route before the address; it is thrown away. */
const routedTextMax = 1024;

/** Dot-string of RFC 5321 with the UTF-8 of RFC 6531; one class per character, so linear. */
const dotStringPattern = /^[^\p{Cc} "(),.:;<>@[\\\]]+(?:\.[^\p{Cc} "(),.:;<>@[\\\]]+)*$/u;
/** C1 controls, line and paragraph separators, byte order mark, lone surrogates: nobody's name, somebody's trick. */
const unsafePattern = /[\x80-\x9f\u2028\u2029\ufeff\ufffe\uffff\p{Cs}]/u;
const nonAsciiPattern = /\P{ASCII}/u;

export interface AddressOptions {
  /** Take UTF-8 in the local part and U-labels in the domain (RFC 6531). */
  readonly smtpUtf8: boolean;
}

/**
 * Reads a `Mailbox` (RFC 5321 §4.1.2), without angle brackets. A source route before it (`@a,@b:user@c`) is
 * checked and dropped (§4.1.1.3, appendix C); whoever cares looks whether the text begins with `@`.
 */
export function parseAddress(text: string, options: AddressOptions): Result<Address, AddressProblem> {
  if (text.length > routedTextMax) return err('too-long');
  const plain = plainAddress(text);
  if (plain !== undefined) return ok(plain);
  if (!options.smtpUtf8 && nonAsciiPattern.test(text)) return err('non-ascii');
  if (unsafePattern.test(text)) return err('syntax');
  const mailbox = text.startsWith('@') ? afterRoute(text, options) : text;
  if (mailbox === undefined) return err('syntax');
  return parseMailbox(mailbox.normalize('NFC'), options);
}

/** What most addresses are: letters and dots of ASCII before the `@`, a domain in its one spelling after it. */
function plainAddress(text: string): Address | undefined {
  const at = text.indexOf('@');
  if (at < 1 || at > localBytesMax || text.length > addressBytesMax) return undefined;
  const local = text.slice(0, at);
  const domain = text.slice(at + 1);
  return isPlainLocal(local) && isPlainDomain(domain) ? { local, domain } : undefined;
}

/** A dot-string of ASCII; what is none may be one of more characters. */
function isPlainLocal(local: string): boolean {
  let last = dot;
  for (let at = 0; at < local.length; at += 1) {
    const c = local.charCodeAt(at);
    if (c === dot ? last === dot : c >= atomCharacters.length || atomCharacters[c] === 0) return false;
    last = c;
  }
  return last !== dot;
}

const dot = 46;

/** Of ASCII, those that `dotStringPattern` takes within an atom: 1. */
const atomCharacters = Uint8Array.from({ length: 128 }, (_, code) =>
  /[^\p{Cc} "(),.:;<>@[\\\]]/u.test(String.fromCharCode(code)) ? 1 : 0,
);

function parseMailbox(text: string, options: AddressOptions): Result<Address, AddressProblem> {
  const localEnd = text.startsWith('"') ? quotedEnd(text) : text.indexOf('@');
  if (localEnd < 0 || text === '') return err(text.startsWith('"') ? 'syntax' : 'incomplete');
  if (text.charAt(localEnd) !== '@') return err('syntax');
  const written = text.slice(0, localEnd);
  const local = parseLocal(written);
  if (local === undefined) return err(written === '' ? 'incomplete' : 'syntax');
  if (Buffer.byteLength(written) > localBytesMax) return err('local-too-long');
  const domain = parseAddressDomain(text.slice(localEnd + 1), options);
  if (!domain.ok) return domain;
  const address = { local, domain: domain.value };
  // Counted with the domain as A-labels and as written: both must fit on the wire.
  if (Buffer.byteLength(text) > addressBytesMax) return err('too-long');
  return Buffer.byteLength(formatAddress(address)) > addressBytesMax ? err('too-long') : ok(address);
}

function parseAddressDomain(
  text: string,
  options: AddressOptions,
): Result<Domain | AddressLiteral, AddressProblem> {
  if (text.startsWith('[')) return parseAddressLiteral(text);
  return parseDomain(text, { allowUnicode: options.smtpUtf8, allowNumericTop: true });
}

/** `A-d-l ":"` of RFC 5321 §4.1.2; `undefined` when it is malformed. */
function afterRoute(text: string, options: AddressOptions): string | undefined {
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  for (const hop of text.slice(0, colon).split(',')) {
    if (!hop.startsWith('@') || !parseAddressDomain(hop.slice(1), options).ok) return undefined;
  }
  return text.slice(colon + 1);
}

/** Where a `Quoted-string` at the start ends; -1 when it does not. */
function quotedEnd(text: string): number {
  for (let i = 1; i < text.length; i += 1) {
    const c = text.charAt(i);
    if (c === '"') return i + 1;
    if (c === '\\') i += 1;
  }
  return -1;
}

function parseLocal(written: string): string | undefined {
  if (!written.startsWith('"')) return dotStringPattern.test(written) ? written : undefined;
  const inner = written.slice(1, -1);
  // qtextSMTP and quoted-pairSMTP: printable, and only ASCII after a backslash (RFC 6531 §3.3).
  if (!/^(?:[^\p{Cc}"\\]|\\[\x20-\x7e])*$/u.test(inner)) return undefined;
  return inner.replaceAll(/\\(.)/g, '$1');
}

/** The address as SMTP writes it, quoted only where it must be; `parseAddress` gives the same address back. */
export function formatAddress(address: Address): string {
  return `${formatLocal(address.local)}@${address.domain}`;
}

/** A local part as SMTP writes it, quoted only where it must be. */
export function formatLocal(local: string): string {
  if (isPlainLocal(local) || dotStringPattern.test(local)) return local;
  return `"${local.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** True when the address cannot be written in ASCII: such mail needs SMTPUTF8 (RFC 6531 §3.2). */
export function needsSmtpUtf8(address: Address): boolean {
  return nonAsciiPattern.test(address.local);
}

/**
 * One key per mailbox, for comparison and look-up: local part NFC and without case, `@`, domain. Two addresses with one key
 * are one mailbox here. A domain holds no `@`, so the last one splits it again.
 */
export function addressKey(address: Address): string {
  return `${foldLocalPart(address.local)}@${address.domain}`;
}

/** A local part as look-ups compare it: NFC and without case. */
export function foldLocalPart(local: string): string {
  // Nothing in ASCII has another form.
  if (ascii.test(local)) return local.toLowerCase();
  return local.normalize('NFC').toLowerCase().normalize('NFC');
}

const ascii = /^[ -~]*$/;

/** What stands before and after the first `+` (RFC 5233 §4); a `+` in front divides nothing. */
export function splitSubaddress(local: string): {
  readonly user: string;
  readonly detail: string | undefined;
} {
  const plus = local.indexOf('+');
  if (plus <= 0) return { user: local, detail: undefined };
  return { user: local.slice(0, plus), detail: local.slice(plus + 1) };
}
