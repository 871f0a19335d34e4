import { decodeCharset } from './charset.ts';
import { decodeEncodedWords } from './encoded-word.ts';
import { foldForSearch } from './fold-search.ts';
import { splitHeader, unfoldedValue } from './header.ts';
import type { HeaderBlock } from './header.ts';
import { htmlToText } from './html-text.ts';
import { findParameter } from './parameters.ts';
import type { MessageSummary, Part } from './summary.ts';
import { decodeTransfer } from './transfer-encoding.ts';

/** Decoded, folded text of a message for search (STORAGE §5). */
export interface SearchableText {
  /** Each field of the first header as a line `name: value`, decoded. */
  readonly header: string;
  /** All text parts, headers and texts of messages inside, in order. */
  readonly body: string;
  /** Text was left out beyond `searchCharsMax`, or bytes were missing. */
  readonly capped: boolean;
}

/** Characters of one message that can be found; what is longer is found by what stands before. */
export const searchCharsMax = 1_048_576;
/** Encoded bytes of one part that are looked at. */
const partBytesMax = 4 * searchCharsMax;

/**
 * Text for search of a message: every text/* part decoded, HTML as its words, file names, nested messages with their
 * headers. Never throws.
 * @param bytes the message, or as much of its beginning as is at hand; the summary says where things are
 */
export function searchableText(bytes: Uint8Array, summary: MessageSummary): SearchableText {
  const collected = collect(bytes, summary);
  const header = rawHeader(bytes, summary);
  const complete = bytes.length >= summary.sizeBytes && header.length <= searchCharsMax;
  return {
    header: foldLines(header.slice(0, searchCharsMax)),
    body: foldLines(collected.text()),
    capped: collected.full || !complete,
  };
}

/** The header of `searchableText` alone. */
export function searchableHeader(bytes: Uint8Array, summary: MessageSummary): string {
  return foldLines(rawHeader(bytes, summary).slice(0, searchCharsMax));
}

/** The body of `searchableText` alone. */
export function searchableBody(bytes: Uint8Array, summary: MessageSummary): string {
  return foldLines(collect(bytes, summary).text());
}

function rawHeader(bytes: Uint8Array, { structure }: MessageSummary): string {
  return headerLines(splitHeader(bytes.subarray(structure.header.start, structure.header.end)));
}

function collect(bytes: Uint8Array, { structure }: MessageSummary): Collector {
  const collected = new Collector();
  collectPart(bytes, structure, collected);
  return collected;
}

/** Lines stay lines, so that no phrase is found across two fields or paragraphs' parts. */
function foldLines(text: string): string {
  return text.split('\n').map(foldForSearch).join('\n');
}

class Collector {
  full = false;
  readonly #pieces: string[] = [];
  #left = searchCharsMax;

  add(text: string): void {
    if (text.length > this.#left) this.full = true;
    const kept = text.slice(0, this.#left);
    this.#left -= kept.length;
    if (kept !== '') this.#pieces.push(kept);
  }

  text(): string {
    return this.#pieces.join('\n');
  }
}

function headerLines(block: HeaderBlock): string {
  return block.fields
    .map((field) => `${field.name}: ${decodeEncodedWords(unfoldedValue(block, field))}`)
    .join('\n');
}

function collectPart(bytes: Uint8Array, part: Part, out: Collector): void {
  if (out.full) return;
  const name =
    findParameter(part.disposition?.parameters ?? [], 'filename') ?? findParameter(part.parameters, 'name');
  if (name !== undefined) out.add(name);
  for (const child of part.parts) collectPart(bytes, child, out);
  if (part.message !== undefined) {
    const { header } = part.message.structure;
    out.add(headerLines(splitHeader(bytes.subarray(header.start, header.end))));
    collectPart(bytes, part.message.structure, out);
  } else if (part.type === 'text') {
    out.add(partText(bytes, part, out));
  }
}

function partText(bytes: Uint8Array, part: Part, out: Collector): string {
  const end = Math.min(part.body.end, part.body.start + partBytesMax);
  if (end < part.body.end) out.full = true;
  const decoded = decodeTransfer(bytes.subarray(part.body.start, end), part.encoding);
  const text = decodeCharset(decoded, findParameter(part.parameters, 'charset'));
  // A paragraph is one line to the reader however its writer broke it.
  return unwrap(part.subtype === 'html' ? htmlToText(text) : text);
}

/** Single line breaks are spaces; empty lines part paragraphs. */
function unwrap(text: string): string {
  return text
    .split(/\n[ \t\r]*\n/)
    .map((paragraph) => paragraph.replaceAll(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph !== '')
    .join('\n');
}
