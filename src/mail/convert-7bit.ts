import { isAscii, isUtf8 } from 'node:buffer';
import { createBase64Encoder } from './base64-stream.ts';
import { transformAll } from './byte-transform.ts';
import { isEightBit, isSevenBit } from './builder.ts';
import { decodeRaw, encodeEncodedWords } from './encoded-word.ts';
import { fold } from './header-writer.ts';
import { findField, foldedValue, splitHeader, unfold } from './header.ts';
import type { HeaderBlock, HeaderField } from './header.ts';
import { lineOctetsMax } from './line-lengths.ts';
import { asBuffer } from './octets.ts';
import { createQuotedPrintableEncoder } from './quoted-printable.ts';
import type { MessageSummary, Part } from './summary.ts';
import { decodeTransfer, normalizeEncoding } from './transfer-encoding.ts';

/** A piece of the message and what stands in its place. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

/** Thrown inside, caught in `convert`: this message cannot be converted. */
class Unconvertible extends Error {}

const identityEncodings: ReadonlySet<string> = new Set(['7bit', '8bit', 'binary', '']);

/**
 * The same message in 7 bits with lines of at most 998 octets (RFC 6152 §3), for a server without 8BITMIME or
 * BINARYMIME: text as quoted-printable, the rest as base64, encodings renamed on the way up. What needs nothing keeps
 * its bytes. `undefined` when it cannot be done: 8-bit bytes inside multipart/signed or multipart/encrypted, whose
 * bytes must not change (RFC 1847 §2.1), in addresses (RFC 6532), or under an encoding nobody knows.
 */
export function convertTo7Bit(message: Uint8Array, summary: MessageSummary): Uint8Array | undefined {
  return convert(message, summary, { fits: isSevenBit, eightBit: false });
}

/**
 * The same message with lines of at most 998 octets (RFC 5321 §4.5.3.1.6), in the same way; parts in 8 bits whose lines
 * are short keep their bytes.
 */
export function convertLongLines(message: Uint8Array, summary: MessageSummary): Uint8Array | undefined {
  return convert(message, summary, { fits: isEightBit, eightBit: true });
}

/** What the way out takes. */
interface Carrier {
  readonly fits: (bytes: Uint8Array) => boolean;
  readonly eightBit: boolean;
}

function convert(message: Uint8Array, summary: MessageSummary, carrier: Carrier): Uint8Array | undefined {
  if (carrier.fits(message)) return message;
  try {
    const edits: Edit[] = [];
    convertPart(asBuffer(message), summary.structure, { carrier, edits, isMessage: true });
    const converted = applyEdits(message, edits);
    return carrier.fits(converted) ? converted : undefined;
  } catch (error) {
    if (error instanceof Unconvertible) return undefined;
    throw error;
  }
}

interface Conversion {
  readonly carrier: Carrier;
  readonly edits: Edit[];
  readonly isMessage: boolean;
}

function convertPart(bytes: Buffer, part: Part, to: Conversion): void {
  const body = bytes.subarray(part.body.start, part.body.end);
  const header = bytes.subarray(part.header.start, part.header.end);
  const { carrier } = to;
  const bodyFits = carrier.fits(body);
  const misnamed = part.encoding === 'binary' || (part.encoding === '8bit' && !carrier.eightBit);
  if (bodyFits && !misnamed && carrier.fits(header)) return;
  if (mustNotChange(part) && !bodyFits) throw new Unconvertible();
  const encoding = convertBody(bytes, part, { ...to, bodyFits });
  to.edits.push({
    ...part.header,
    bytes: rewriteHeader(header, { part, encoding, body, isMessage: to.isMessage, carrier }),
  });
}

function mustNotChange(part: Part): boolean {
  return part.type === 'multipart' && (part.subtype === 'signed' || part.subtype === 'encrypted');
}

/** The name of the encoding that the body has afterwards. */
function convertBody(bytes: Buffer, part: Part, to: Conversion & { readonly bodyFits: boolean }): string {
  // What was in 8 bits may stay so where the way takes them (RFC 2045 §6.4: a container is named after its parts).
  const inEightBits = to.carrier.eightBit && !isAscii(bytes.subarray(part.body.start, part.body.end));
  const identity = inEightBits ? '8bit' : '7bit';
  if (to.bodyFits) return identityEncodings.has(part.encoding) ? identity : part.encoding;
  if (part.type === 'multipart' && isSplit(part)) {
    convertMultipart(bytes, part, to);
    return identity;
  }
  if (part.message !== undefined && part.message.structure.header.end > part.message.structure.header.start) {
    convertPart(bytes, part.message.structure, { ...to, isMessage: true });
    return identity;
  }
  // Composite types take no encoding (RFC 2046 §5.1, §5.2.1).
  if (part.type === 'multipart' || part.type === 'message') throw new Unconvertible();
  return encodeLeaf(bytes, part, to.edits);
}

/** One whose only part is all of it has not been taken apart. */
function isSplit(part: Part): boolean {
  const [first] = part.parts;
  return part.parts.length > 1 || (first !== undefined && first.body.start > part.body.start);
}

function convertMultipart(bytes: Buffer, part: Part, to: Conversion): void {
  let at = part.body.start;
  for (const child of part.parts) {
    blankOut(bytes, { start: at, end: child.header.start }, to);
    convertPart(bytes, child, { ...to, isMessage: false });
    at = child.body.end;
  }
  blankOut(bytes, { start: at, end: part.body.end }, to);
}

/** Preamble and epilogue are shown to nobody (RFC 2046 §5.1.1): 8-bit bytes become question marks, lines are cut. */
function blankOut(
  bytes: Buffer,
  range: { readonly start: number; readonly end: number },
  { carrier, edits }: Conversion,
): void {
  const between = bytes.subarray(range.start, range.end);
  if (carrier.fits(between)) return;
  edits.push({ ...range, bytes: blanked(between) });
}

function blanked(between: Buffer): Uint8Array {
  const plain = between.map((c) => (c > 127 || c === 0 ? 0x3f : c));
  if (isSevenBit(plain)) return plain;
  const lines = asBuffer(plain).toString('latin1').split('\r\n');
  return Buffer.from(lines.map((line) => line.slice(0, lineOctetsMax)).join('\r\n'), 'latin1');
}

function encodeLeaf(bytes: Buffer, part: Part, edits: Edit[]): string {
  const encoding = normalizeEncoding(part.encoding);
  const body = bytes.subarray(part.body.start, part.body.end);
  const known = encoding === 'base64' || encoding === 'quoted-printable';
  if (!known && !identityEncodings.has(encoding)) throw new Unconvertible();
  const content = known ? decodeTransfer(body, encoding) : body;
  const asText = part.type === 'text' && encoding !== 'base64';
  const encoder = asText ? createQuotedPrintableEncoder() : createBase64Encoder();
  edits.push({ ...part.body, bytes: withoutLastBreak(transformAll(encoder, content), asText) });
  return asText ? 'quoted-printable' : 'base64';
}

/** The line break after the last line of base64 is the boundary's, which is there already. */
function withoutLastBreak(bytes: Uint8Array, asText: boolean): Uint8Array {
  return asText ? bytes : bytes.subarray(0, Math.max(0, bytes.length - 2));
}

interface HeaderChange {
  readonly part: Part;
  readonly encoding: string;
  readonly body: Uint8Array;
  readonly isMessage: boolean;
  readonly carrier: Carrier;
}

function rewriteHeader(header: Buffer, change: HeaderChange): Uint8Array {
  const block = splitHeader(header);
  const kept = block.fields
    .filter((field) => field.name !== 'content-transfer-encoding')
    .map((field) => fittingField(block, field, change.carrier));
  const added = [`Content-Transfer-Encoding: ${change.encoding}\r\n`];
  if (change.isMessage && findField(block, 'mime-version') === undefined)
    added.unshift('MIME-Version: 1.0\r\n');
  if (findField(block, 'content-type') === undefined && change.part.type === 'text') {
    // RFC 1428 §3: a name for "8-bit, nobody said which".
    const charset = isUtf8(change.body) ? 'utf-8' : 'unknown-8bit';
    added.push(`Content-Type: text/plain; charset=${charset}\r\n`);
  }
  return Buffer.from(`${kept.join('')}${added.join('')}\r\n`, 'latin1');
}

/** Fields whose value is free text; others have a grammar that encoded words would break. */
const freeText = /^(?:subject|comments|content-description|organization|user-agent|x-.+)$/;

function fittingField(block: HeaderBlock, field: HeaderField, carrier: Carrier): string {
  const written = block.text.slice(field.start, field.end);
  const fits = (text: string): boolean => carrier.fits(Buffer.from(text, 'latin1'));
  if (fits(written)) return written.endsWith('\n') ? written : `${written}\r\n`;
  const folded = fold(unfold(written).replaceAll('\t', ' ').trimEnd());
  if (fits(folded) && !isCut(folded, written)) return `${folded}\r\n`;
  if (!freeText.test(field.name)) throw new Unconvertible();
  const name = block.text.slice(field.start, field.valueStart - 1).trimEnd();
  const value = encodeEncodedWords(decodeRaw(unfold(foldedValue(block, field)).trim()));
  return `${fold(`${name}: ${value}`)}\r\n`;
}

/** A word that alone is too long for a line was cut, which no grammar but free text allows. */
function isCut(folded: string, written: string): boolean {
  return folded.replaceAll('\r\n', '') !== unfold(written).replaceAll('\t', ' ').trimEnd();
}

function applyEdits(message: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    pieces.push(message.subarray(at, edit.start), edit.bytes);
    at = edit.end;
  }
  pieces.push(message.subarray(at));
  return Buffer.concat(pieces);
}
