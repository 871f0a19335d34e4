import { Buffer } from 'node:buffer';
import { findPart } from '#mail/part-path.ts';
import type { ByteRange } from '#mail/summary.ts';
import { createTransferDecoder, decodeTransfer, normalizeEncoding } from '#mail/transfer-encoding.ts';
import { refused } from '../response/done.ts';
import type { WireWriter } from '../response/output-writer.ts';
import { wireBytes } from '../response/wire.ts';
import { cut } from './body-item.ts';
import { rowOf } from './item.ts';
import type { FetchedMessage, FetchPart } from './item.ts';
import { bytesAtHand, streamBytes } from './message-bytes.ts';
import type { Partial, Section } from './section.ts';

const decodable = new Set(['', '7bit', '8bit', 'binary', 'base64', 'quoted-printable', 'x-uuencode']);

/** BINARY[…]<…> (RFC 9051 §6.4.5, RFC 3516): a part with its transfer encoding undone. */
export function binaryPart(options: {
  readonly section: Section;
  readonly partial: Partial | undefined;
  readonly setsSeen: boolean;
}): FetchPart {
  const origin = options.partial === undefined ? '' : `<${options.partial.origin}>`;
  const label = `BINARY${options.section.label}${origin} `;
  return {
    needs: ['summary', 'body'],
    setsSeen: options.setsSeen,
    write: (out, message) => {
      const source = sourceOf(message, options.section);
      if (source === undefined) return told(out, `${label}NIL`);
      const bytes = bytesAtHand(message, source.range);
      if (bytes === undefined)
        return late(message, source, (size) => ({ label, range: cut(size, options.partial) }));
      const decoded = decodeTransfer(bytes, source.encoding);
      const { start, end } = cut({ start: 0, end: decoded.length }, options.partial);
      out.text(literalMark(label, end - start, decoded.includes(0)));
      out.bytes(decoded.subarray(start, end));
      return undefined;
    },
  };
}

/** BINARY.SIZE[…]. */
export function binarySizePart(section: Section): FetchPart {
  const label = `BINARY.SIZE${section.label} `;
  return {
    needs: ['summary', 'body'],
    write: (out, message) => {
      const source = sourceOf(message, section);
      if (source === undefined) return told(out, `${label}0`);
      const bytes = bytesAtHand(message, source.range);
      if (bytes === undefined) return lateSize(message, source, label);
      return told(out, `${label}${decodeTransfer(bytes, source.encoding).length}`);
    },
  };
}

function told(out: WireWriter, text: string): undefined {
  out.text(text);
  return undefined;
}

interface Source {
  readonly range: ByteRange;
  readonly encoding: string;
}

/** `undefined` also where the encoding is unknown; then the command ends with NO (RFC 3516 §4.3). */
function sourceOf(message: FetchedMessage, section: Section): Source | undefined {
  const { summary, sizeBytes } = rowOf(message);
  if (section.path.length === 0) return { range: { start: 0, end: sizeBytes }, encoding: 'binary' };
  const part = summary === undefined ? undefined : findPart(summary.structure, section.path);
  if (part === undefined) return undefined;
  const encoding = normalizeEncoding(part.encoding);
  if (decodable.has(encoding)) return { range: part.body, encoding };
  message.refuse(refused('The transfer encoding of a part is unknown', 'UNKNOWN-CTE'));
  return undefined;
}

/** RFC 3516 §4.2: a literal8 where NUL occurs, so that clients without BINARY's grammar read the rest. */
function literalMark(label: string, size: number, hasNul: boolean): string {
  return `${label}${hasNul ? '~' : ''}{${size}}\r\n`;
}

/** A large part is decoded twice: once to know its size, once to send it. */
async function* late(
  message: FetchedMessage,
  source: Source,
  choose: (whole: ByteRange) => { readonly label: string; readonly range: ByteRange },
): AsyncGenerator<Uint8Array> {
  const { size, hasNul } = await measure(message, source);
  const { label, range } = choose({ start: 0, end: size });
  yield wireBytes(literalMark(label, range.end - range.start, hasNul));
  let at = 0;
  for await (const piece of decoded(message, source)) {
    const from = Math.max(0, range.start - at);
    const to = Math.min(piece.length, range.end - at);
    at += piece.length;
    if (to > from) yield piece.subarray(from, to);
    if (at >= range.end) return;
  }
}

async function* lateSize(message: FetchedMessage, source: Source, label: string): AsyncGenerator<Uint8Array> {
  const { size } = await measure(message, source);
  yield wireBytes(`${label}${size}`);
}

async function measure(message: FetchedMessage, source: Source): Promise<{ size: number; hasNul: boolean }> {
  let size = 0;
  let hasNul = false;
  for await (const piece of decoded(message, source)) {
    size += piece.length;
    hasNul ||= piece.includes(0);
  }
  return { size, hasNul };
}

async function* decoded(message: FetchedMessage, source: Source): AsyncGenerator<Uint8Array> {
  const decoder = createTransferDecoder(source.encoding);
  for await (const piece of streamBytes(message, source.range)) yield Buffer.from(decoder.push(piece));
  yield decoder.finish();
}
