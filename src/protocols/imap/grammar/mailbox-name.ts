import { Buffer } from 'node:buffer';
import { decodeModifiedUtf7, encodeModifiedUtf7 } from './modified-utf7.ts';

/** How names are written on the wire: modified UTF-7 until IMAP4rev2 is enabled (RFC 9051 §5.1, appendix A). */
export type NameCoding = 'utf7' | 'utf8';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A name or pattern from the wire (one byte per character) as the store knows it. `undefined`: no name in this coding. */
export function decodeName(wire: string, coding: NameCoding): string | undefined {
  const name = coding === 'utf7' ? decodeModifiedUtf7(wire) : decodeUtf8(wire);
  return name === undefined ? undefined : canonicalName(name.normalize('NFC'));
}

/** Store name to wire bytes; quoting is the caller's. */
export function encodeName(name: string, coding: NameCoding): string {
  return coding === 'utf7' ? encodeModifiedUtf7(name) : toWire(name);
}

/** INBOX in any case is INBOX (RFC 9051 §5.1), also as the first level. */
function canonicalName(name: string): string {
  if (!/^inbox(?:\/|$)/i.test(name)) return name;
  return `INBOX${name.slice(5)}`;
}

/** Text as UTF-8, one byte per character. */
export function toWire(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** UTF-8 bytes, one per character, as text; `undefined` if it is none. */
export function decodeUtf8(wire: string): string | undefined {
  if (/^\p{ASCII}*$/u.test(wire)) return wire;
  try {
    return utf8.decode(Buffer.from(wire, 'latin1'));
  } catch {
    return undefined;
  }
}
