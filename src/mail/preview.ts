import { decodeCharset } from './charset.ts';
import { htmlToText } from './html-text.ts';
import { findParameter } from './parameters.ts';
import type { Part } from './summary.ts';
import { decodeTransfer } from './transfer-encoding.ts';

/** RFC 8970 §3.1. */
export const previewCharsMax = 256;

/** Encoded bytes that are kept until the end: enough for 256 characters, each 12 bytes long, and white space. */
const plainBytesMax = 4096;
/** HTML begins with much that is no text. */
const htmlBytesMax = 32_768;

interface Capture {
  readonly part: Part;
  readonly isHtml: boolean;
  readonly start: number;
  end: number;
  text: string;
}

/** Keeps the beginning of the first text/plain, or else of the first text/html, while a message goes by. */
export class PreviewCapture {
  #best: Capture | undefined;
  #active: Capture | undefined;

  /** A leaf begins at `position`: is it the one to show? */
  offer(part: Part, position: number): void {
    const isHtml = part.subtype === 'html';
    if (part.type !== 'text' || part.disposition?.type === 'attachment') return;
    // Plain text beats HTML; within a kind the first.
    if (this.#best !== undefined && !(this.#best.isHtml && !isHtml)) return;
    const bytesMax = isHtml ? htmlBytesMax : plainBytesMax;
    this.#best = { part, isHtml, start: position, end: position + bytesMax, text: '' };
    this.#active = this.#best;
  }

  /** A block goes by: its first `length` characters begin at byte `base`. */
  take(text: string, base: number, length: number): void {
    const capture = this.#active;
    if (capture === undefined) return;
    const from = Math.max(0, capture.start + capture.text.length - base);
    const until = Math.min(length, capture.end - base);
    if (until > from) capture.text += text.slice(from, until);
    if (base + length >= capture.end) this.#active = undefined;
  }

  /** The part ends, perhaps before bytes that were taken already. */
  end(part: Part, position: number): void {
    const capture = this.#best;
    if (capture === undefined || capture.part !== part) return;
    capture.end = Math.min(capture.end, position);
    capture.text = capture.text.slice(0, Math.max(0, position - capture.start));
  }

  text(): string {
    const capture = this.#best;
    if (capture === undefined) return '';
    // The beginning mostly suffices, and costs a quarter.
    const head = readable(capture, capture.isHtml ? htmlBytesMax / 8 : plainBytesMax / 8);
    const enough = head.length > previewCharsMax + cutMargin;
    return shorten(enough ? head : readable(capture, capture.text.length));
  }
}

/** What a cut in the middle of a character, an escape or a tag may spoil at the end. */
const cutMargin = 64;

/** The first `bytesMax` encoded bytes as one line of readable characters. */
function readable(capture: Capture, bytesMax: number): string {
  const decoded = decode(capture.text.slice(0, bytesMax), capture.part);
  return oneLine(capture.isHtml ? htmlToText(decoded) : decoded);
}

function decode(encoded: string, { encoding, parameters }: Part): string {
  const charset = findParameter(parameters, 'charset');
  // Most of what is written is what it means.
  if (asItStands.has(encoding) && asciiAsItStands.has(charset) && !beyondAscii.test(encoded)) return encoded;
  return decodeCharset(decodeTransfer(Buffer.from(encoded, 'latin1'), encoding), charset);
}

const asItStands: ReadonlySet<string> = new Set(['7bit', '8bit']);
/** Charsets in which ASCII stands for itself; others have escapes in it. */
const asciiAsItStands: ReadonlySet<string | undefined> = new Set([undefined, 'us-ascii', 'utf-8']);
const beyondAscii = /[\x80-\uffff]/;

/** Controls, format characters and white space become single spaces; ASCII goes the cheap way. */
function oneLine(text: string): string {
  if (!beyondAscii.test(text)) return text.replaceAll(/[^ -~][^!-~]*| [^!-~]+/g, ' ').trim();
  const printable = text.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s\ufffd]+/gu, ' ');
  return printable.replaceAll(/ {2,}/g, ' ').trim();
}

function shorten(line: string): string {
  if (line.length <= previewCharsMax) return line;
  const head = line.slice(0, previewCharsMax);
  if (!/[\ud800-\udfff]/.test(head)) return head.trimEnd();
  let end = 0;
  for (let count = 0; count < previewCharsMax && end < line.length; count += 1) {
    end += (line.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return line.slice(0, end).trimEnd();
}
