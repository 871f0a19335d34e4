import { decodeCharset } from './charset.ts';
import { transformAll } from './byte-transform.ts';
import { createBase64Decoder } from './base64-stream.ts';
import { nextFinder } from './next-finder.ts';
import { asBuffer } from './octets.ts';

/** One `=?charset?encoding?text?=`. */
interface EncodedWord {
  readonly charset: string;
  readonly encoding: 'q' | 'b';
  readonly bytes: Uint8Array;
  readonly end: number;
}

/** RFC 2047 §2: a word has at most 75 characters; writers exceed it, but not by this much. */
const wordCharsMax = 4096;

/**
 * Text of a header value: encoded words decoded (RFC 2047, RFC 2231 §5), white space between neighbours dropped, a
 * character cut between two words of one charset put together, raw bytes read as UTF-8 or windows-1252.
 * Linear; never throws.
 * @param raw latin1 bytes as characters, on one line (`unfoldedValue`)
 */
export function decodeEncodedWords(raw: string): string {
  if (!raw.includes('=?')) return decodeRaw(raw);
  const out: string[] = [];
  let plainStart = 0;
  let run: EncodedWord[] = [];
  const closes = nextFinder(raw, '?=');
  const endRun = (): void => {
    if (run.length > 0) out.push(decodeRun(run));
    run = [];
  };
  let at = raw.indexOf('=?');
  while (at >= 0) {
    const word = readWord(raw, at, closes);
    if (word === undefined) {
      at = raw.indexOf('=?', at + 2);
      continue;
    }
    const between = raw.slice(plainStart, at);
    if (run.length === 0 || !/^[ \t\r\n]*$/.test(between)) {
      endRun();
      out.push(decodeRaw(between));
    }
    run.push(word);
    plainStart = word.end;
    at = raw.indexOf('=?', plainStart);
  }
  endRun();
  out.push(decodeRaw(raw.slice(plainStart)));
  return out.join('');
}

const wordStart = /=\?([^?\s"<>@,;:]{1,80})\?([bq])\?/iy;

function readWord(raw: string, at: number, closes: (from: number) => number): EncodedWord | undefined {
  wordStart.lastIndex = at;
  const match = wordStart.exec(raw);
  if (match === null) return undefined;
  const [head, charset = '', letter = ''] = match;
  const textStart = at + head.length;
  const close = closes(textStart);
  if (close < 0 || close - textStart > wordCharsMax) return undefined;
  const text = raw.slice(textStart, close);
  const encoding = letter.toLowerCase() === 'b' ? 'b' : 'q';
  const bytes =
    encoding === 'b' ? transformAll(createBase64Decoder(), Buffer.from(text, 'latin1')) : decodeQ(text);
  return { charset: charset.toLowerCase(), encoding, bytes, end: close + 2 };
}

/** RFC 2047 §4.2. */
function decodeQ(text: string): Uint8Array {
  const binary = text
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(binary, 'latin1');
}

/** Neighbours of one charset are one text: writers cut in the middle of a character. */
function decodeRun(words: readonly EncodedWord[]): string {
  const out: string[] = [];
  for (let i = 0; i < words.length;) {
    const { charset } = words[i] ?? { charset: '' };
    const same: Uint8Array[] = [];
    while (i < words.length && words[i]?.charset === charset) {
      same.push(words[i]?.bytes ?? new Uint8Array());
      i += 1;
    }
    out.push(decodeSame(same, charset));
  }
  return out.join('');
}

/** ISO-2022 and its kin begin every word anew (RFC 1468), so those are decoded one by one. */
function decodeSame(pieces: readonly Uint8Array[], charset: string): string {
  const stateful = /^(?:iso-?2022|hz|utf-?7|x-?unicode-2-0-utf-7|unicode-1-1-utf-7)/.test(charset);
  const text = stateful
    ? pieces.map((piece) => decodeCharset(piece, charset)).join('')
    : decodeCharset(pieces.length === 1 ? (pieces[0] ?? new Uint8Array()) : Buffer.concat(pieces), charset);
  // A decoded line break would begin a new field wherever the text is written again.
  return text.replaceAll(/[\r\n\0]+/g, ' ');
}

/** Raw bytes of a header as text (RFC 6532; before it, whatever the sender's machine had). */
export function decodeRaw(raw: string): string {
  return /^\p{ASCII}*$/u.test(raw) ? raw : decodeCharset(Buffer.from(raw, 'latin1'), undefined);
}

/** Octets of UTF-8 in one word: base64 of 42 is 56 characters, with `=?utf-8?B?` and `?=` 68 of 75. */
const encodeBytes = 42;

/**
 * A text for a header: as it is when it is printable ASCII that cannot be mistaken for an encoded word, else as
 * UTF-8 encoded words of at most 75 characters, one space between (the place to fold).
 */
export function encodeEncodedWords(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text) && !text.includes('=?')) return text;
  const words: string[] = [];
  const bytes = Buffer.from(text.toWellFormed());
  for (let start = 0; start < bytes.length;) {
    let end = Math.min(start + encodeBytes, bytes.length);
    // Never inside a character (RFC 2047 §5).
    while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
    words.push(`=?utf-8?B?${asBuffer(bytes.subarray(start, end)).toString('base64')}?=`);
    start = end;
  }
  return words.join(' ');
}
