import { Buffer } from 'node:buffer';

/** Output is built as strings of one byte per character and turned into bytes in large pieces. */
export function wireBytes(wire: string): Uint8Array {
  return Buffer.from(wire, 'latin1');
}

/** What may stand between quotes as it is: printable ASCII without `"` and `\`, short enough for old clients. */
const plain = /^[\x20\x21\x23-\x5b\x5d-\x7e]{0,1000}$/;
const quotable = /^[\x20-\x7e]{0,1000}$/;

/** `string`: quoted where it can be, else a literal. The argument holds one byte per character. */
export function wireString(wire: string): string {
  if (plain.test(wire)) return `"${wire}"`;
  if (quotable.test(wire)) return `"${wire.replace(/["\\]/g, '\\$&')}"`;
  // RFC 9051 §4.3: a literal cannot hold NUL; a header that does shows it as it must (RFC 3516 is for parts).
  const safe = wire.includes('\0') ? wire.replaceAll('\0', '?') : wire;
  return `{${safe.length}}\r\n${safe}`;
}

/** `nstring`. */
export function wireNString(wire: string | undefined): string {
  return wire === undefined ? 'NIL' : wireString(wire);
}

const astringAtom = /^[A-Za-z0-9_.\-/+,&=#$'!@:;<>?[^`|~]+$/;

/** A mailbox name: as an atom where that is surely one, else a string; UTF-8 in quotes once it is enabled. */
export function wireMailbox(wire: string): string {
  if (astringAtom.test(wire) && wire.toUpperCase() !== 'NIL') return wire;
  // RFC 9051 §9: QUOTED-CHAR takes UTF-8, which names only hold after ENABLE IMAP4rev2.
  if (/^[\x20-\x7e\x80-\xff]*$/.test(wire) && wire.length <= 1_000)
    return `"${wire.replace(/["\\]/g, '\\$&')}"`;
  return wireString(wire);
}
