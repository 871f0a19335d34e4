import { formatAddress, needsSmtpUtf8 } from './address.ts';
import type { Address } from './address.ts';
import { formatDate } from './date.ts';
import { encodeEncodedWords } from './encoded-word.ts';

/** RFC 5322 §2.1.1: should not be passed. */
const lineCharsWanted = 78;
/** RFC 5322 §2.1.1: must not be passed. */
const lineCharsMax = 998;

const namePattern = /^[!-9;-~]{1,64}$/;

/**
 * One header field with its line end: folded at spaces, non-ASCII as encoded words, nothing in `value` can end the
 * field. Throws on a name that is none: names are ours.
 */
export function formatField(name: string, value: string): string {
  if (!namePattern.test(name)) throw new Error(`not a field name: ${JSON.stringify(name)}`);
  return `${fold(`${name}: ${encodeEncodedWords(oneLine(value))}`)}\r\n`;
}

/** A structured value that is already ASCII by its grammar (addresses, ids, parameters): folded, never encoded. */
export function formatStructuredField(name: string, value: string): string {
  if (!namePattern.test(name)) throw new Error(`not a field name: ${JSON.stringify(name)}`);
  return `${fold(`${name}: ${oneLine(value)}`)}\r\n`;
}

export function formatDateField(name: string, ms: number): string {
  return formatStructuredField(name, formatDate(ms));
}

export interface NamedAddress {
  readonly name?: string;
  readonly address: Address;
}

export function formatAddressField(name: string, mailboxes: readonly NamedAddress[]): string {
  return formatStructuredField(name, mailboxes.map(formatNamedAddress).join(', '));
}

/** RFC 5322 §3.4 `name-addr`; a name that is not ASCII as encoded words (RFC 2047 §5 (3)). */
export function formatNamedAddress(mailbox: NamedAddress): string {
  const spec = `<${formatAddress(mailbox.address)}>`;
  const name = oneLine(mailbox.name ?? '').trim();
  if (name === '') return spec;
  const encoded = encodeEncodedWords(name);
  if (encoded !== name) return `${encoded} ${spec}`;
  return `${/^[\w !#$%&'*+/=?^`{|}~-]+$/.test(name) ? name : quote(name)} ${spec}`;
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** Does any of these addresses need SMTPUTF8 to be written? */
export function addressesNeedUtf8(mailboxes: readonly NamedAddress[]): boolean {
  return mailboxes.some((mailbox) => needsSmtpUtf8(mailbox.address));
}

/** No control character survives: nothing that a value holds can begin a new field. */
function oneLine(text: string): string {
  return text.toWellFormed().replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}

/** Breaks before a space, each line below 78 characters where there are spaces, below 998 everywhere. */
export function fold(line: string): string {
  if (line.length <= lineCharsWanted) return line;
  const out: string[] = [];
  let rest = line;
  while (rest.length > lineCharsWanted) {
    const at = breakPlace(rest, out.length === 0 ? rest.indexOf(':') + 2 : 1);
    if (at < 0) break;
    out.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  out.push(rest);
  return out.flatMap(cutLong).join('\r\n');
}

/** The last space that keeps the line short, else the next one; never one that leaves a line of spaces only. */
function breakPlace(text: string, from: number): number {
  const early = text.lastIndexOf(' ', lineCharsWanted);
  const at = early >= from && text.slice(from, early).trim() !== '' ? early : nextSpace(text, from);
  return at >= 0 && text.slice(at).trim() !== '' ? at : -1;
}

function nextSpace(text: string, from: number): number {
  const start = text.slice(from).search(/\S/);
  return start < 0 ? -1 : text.indexOf(' ', from + start);
}

/** A word that alone is too long for any line: cut, since a longer line would not pass. */
function cutLong(line: string): readonly string[] {
  if (Buffer.byteLength(line) <= lineCharsMax) return [line];
  const pieces: string[] = [];
  // A quarter: each character has at most four octets.
  const size = Math.floor(lineCharsMax / 4);
  for (let at = 0; at < line.length; at += size)
    pieces.push((at === 0 ? '' : ' ') + line.slice(at, at + size));
  return pieces;
}
