import { isUtf8 } from 'node:buffer';
import { err } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { formatLocal, parseAddress } from './address.ts';
import type { Address, AddressProblem } from './address.ts';
import { AddressScanner } from './address-scanner.ts';
import type { Word } from './address-scanner.ts';
import { decodeEncodedWords, decodeRaw } from './encoded-word.ts';
import type { EnvelopeAddress } from './summary.ts';

/** More addresses than this in one field are left out; a header of 256 KiB holds about as many. */
export const addressesPerFieldMax = 10_000;

export interface AddressList {
  /** In order; a group opens and closes as in ENVELOPE (RFC 3501 §7.4.2). Latin1 bytes as characters. */
  readonly addresses: readonly EnvelopeAddress[];
  /** True when every character is as RFC 5322 with its obsolete forms (and RFC 6532) has it: no guess was made. */
  readonly exact: boolean;
}

/**
 * Reads an `address-list` (RFC 5322 §3.4, §4.4): groups, comments, obsolete routes and folding, and what mail of the
 * wild has instead. Encoded words stay as they are. Never throws; linear; at most `addressesPerFieldMax` addresses.
 * @param raw latin1 bytes as characters, folded or not
 */
export function parseAddressList(raw: string): AddressList {
  const scanner = new AddressScanner(raw);
  const addresses: EnvelopeAddress[] = [];
  let inGroup = false;
  while (addresses.length < addressesPerFieldMax) {
    scanner.skipSpace();
    if (scanner.atEnd()) break;
    if (scanner.take(',')) continue;
    if (inGroup && scanner.take(';')) {
      addresses.push(groupEnd);
      inGroup = false;
      continue;
    }
    inGroup = readAddress(scanner, inGroup, addresses) || inGroup;
  }
  if (inGroup) addresses.push(groupEnd);
  const exact = scanner.exact && !inGroup && scanner.atEnd() && wellEncoded(raw);
  return { addresses, exact };
}

const groupEnd: EnvelopeAddress = { name: undefined, route: undefined, mailbox: undefined, host: undefined };

function wellEncoded(raw: string): boolean {
  return /^\p{ASCII}*$/u.test(raw) || isUtf8(Buffer.from(raw, 'latin1'));
}

/** One address, or the opening of a group: then true. */
function readAddress(scanner: AddressScanner, inGroup: boolean, out: EnvelopeAddress[]): boolean {
  scanner.forgetComment();
  const words = scanner.words();
  if (words.length > 0 && !inGroup && scanner.take(':')) {
    out.push({ ...groupEnd, mailbox: phraseText(words) });
    return true;
  }
  if (scanner.take('<')) out.push(readAngle(scanner, words));
  else if (scanner.peek() === '@') out.push(readSpec(scanner, words));
  else if (words.length > 0) out.push(bare(scanner, words));
  endAddress(scanner, inGroup);
  return false;
}

/** What stands between an address and its comma is no part of it. */
function endAddress(scanner: AddressScanner, inGroup: boolean): void {
  scanner.skipSpace();
  const c = scanner.peek();
  if (c === '' || c === ',' || (c === ';' && inGroup)) return;
  scanner.exact = false;
  // Some programs part addresses by semicolons.
  if (scanner.take(';')) return;
  scanner.skipJunk();
}

/** `[display-name] "<" [route] addr-spec ">"`. */
function readAngle(scanner: AddressScanner, phrase: readonly Word[]): EnvelopeAddress {
  const route = scanner.route();
  const words = scanner.words();
  const local = localText(scanner, words);
  const host = scanner.take('@') ? scanner.domain() : '';
  if (host === '' || words.length === 0) scanner.exact = false;
  scanner.skipSpace();
  if (!scanner.take('>')) scanner.recoverAngle();
  const name = phrase.length > 0 ? phraseText(phrase) : undefined;
  scanner.skipSpace();
  return { name: name ?? scanner.comment, route, mailbox: local, host };
}

/**
 * `addr-spec`, and the old habit of naming its owner in a comment after it. Before an angle address it is a display
 * name without its quotes (`a@b <c@d>`): the mailbox is what stands in the angle.
 */
function readSpec(scanner: AddressScanner, words: readonly Word[]): EnvelopeAddress {
  const mailbox = localText(scanner, words);
  scanner.take('@');
  const host = scanner.domain();
  if (host === '' || words.length === 0) scanner.exact = false;
  scanner.skipSpace();
  if (scanner.take('<')) {
    scanner.exact = false;
    return { ...readAngle(scanner, []), name: `${mailbox}@${host}` };
  }
  return { name: scanner.comment, route: undefined, mailbox, host };
}

/** A local part without a domain, as programs on the same machine write it. */
function bare(scanner: AddressScanner, words: readonly Word[]): EnvelopeAddress {
  scanner.exact = false;
  scanner.skipSpace();
  return { name: scanner.comment, route: undefined, mailbox: localText(scanner, words), host: '' };
}

/** RFC 5322 §3.2.5 `phrase` with the dots of §4.1; white space becomes one space. */
function phraseText(words: readonly Word[]): string {
  let text = '';
  for (const word of words) text += (word.spaced && text !== '' ? ' ' : '') + word.text;
  return text;
}

/** RFC 5322 §4.4 `obs-local-part`: words parted by single dots. */
function localText(scanner: AddressScanner, words: readonly Word[]): string {
  const [only] = words;
  if (words.length === 1 && only !== undefined && only.kind !== 'dot') return only.text;
  let text = '';
  for (const [index, word] of words.entries()) {
    if ((word.kind === 'dot') !== (index % 2 === 1)) scanner.exact = false;
    text += (word.kind !== 'dot' && words[index - 1]?.kind === 'atom' ? ' ' : '') + word.text;
  }
  if (words.at(-1)?.kind === 'dot') scanner.exact = false;
  return text;
}

/** A mailbox of a header as a person and a policy see it. */
export interface HeaderMailbox {
  /** Decoded display name. */
  readonly name: string | undefined;
  /** The address as one of ours would be read, or why it is none. */
  readonly address: Result<Address, AddressProblem>;
}

/** The mailboxes of an address field, groups opened, names and addresses decoded. */
export function headerMailboxes(raw: string): {
  readonly mailboxes: readonly HeaderMailbox[];
  readonly exact: boolean;
} {
  const list = parseAddressList(raw);
  const mailboxes = list.addresses
    .filter((entry) => entry.host !== undefined)
    .map((entry) => ({
      name: entry.name === undefined ? undefined : decodeEncodedWords(entry.name),
      address: headerAddress(entry),
    }));
  return { mailboxes, exact: list.exact };
}

/** An entry of ENVELOPE as an `Address`: the same rules as in SMTP, UTF-8 allowed (RFC 6532). */
export function headerAddress(entry: EnvelopeAddress): Result<Address, AddressProblem> {
  const local = decodeRaw(entry.mailbox ?? '');
  if (local === '') return err('incomplete');
  return parseAddress(`${formatLocal(local)}@${decodeRaw(entry.host ?? '')}`, { smtpUtf8: true });
}
