import { Buffer } from 'node:buffer';
import { BadCharset } from './term.ts';

/** Charsets of SEARCH strings; RFC 9051 §6.4.4 asks for the first two. */
const decoders: ReadonlyMap<string, string> = new Map([
  ['UTF-8', 'utf-8'],
  ['US-ASCII', 'utf-8'],
  ['ISO-8859-1', 'iso-8859-1'],
  ['ISO-8859-15', 'iso-8859-15'],
  ['WINDOWS-1252', 'windows-1252'],
]);

export const searchCharsets = [...decoders.keys()];

/**
 * A reader of search strings. Without CHARSET it is UTF-8 (RFC 9051 §6.4.4), of which ASCII is a part; bytes that
 * are none match nothing, because decoded text never holds the replacement character's neighbours.
 */
export function searchDecoder(charset: string): (wire: string) => string {
  const label = decoders.get(charset.toUpperCase());
  if (label === undefined) throw new BadCharset('SEARCH strings can be read in UTF-8 and US-ASCII');
  const decoder = new TextDecoder(label);
  return (wire) =>
    /^\p{ASCII}*$/u.test(wire) ? wire : decoder.decode(Buffer.from(wire, 'latin1')).normalize('NFC');
}
