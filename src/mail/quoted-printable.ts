import type { ByteTransform } from './byte-transform.ts';

const equals = 0x3d;
const cr = 0x0d;
const lf = 0x0a;
const space = 0x20;
const tab = 0x09;

/** RFC 2045 §6.7 (5). */
const lineMax = 76;

/** White space before a line end is thrown away (RFC 2045 §6.7 (3)), as far back as this. */
const heldBytesMax = 1024;

const hexValue = makeHexTable();

function makeHexTable(): Int8Array {
  const table = new Int8Array(256).fill(-1);
  for (let i = 0; i < 16; i += 1) {
    const digit = i.toString(16);
    table[digit.charCodeAt(0)] = i;
    table[digit.toUpperCase().charCodeAt(0)] = i;
  }
  return table;
}

/**
 * Reads quoted-printable. Bytes over 127 pass, an `=` that begins nothing known stays as it is, lower-case digits are
 * fine, soft line breaks may carry white space before their line end.
 */
export function createQuotedPrintableDecoder(): ByteTransform {
  // Held back between chunks: an escape or a run of white space whose meaning depends on what follows.
  let held = Buffer.alloc(0);
  const run = (bytes: Uint8Array, last: boolean): Uint8Array => {
    const input = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    const { out, used } = decodeRun(input, last);
    held = Buffer.from(input.subarray(used));
    return out;
  };
  return { push: (bytes) => run(bytes, false), finish: () => run(new Uint8Array(), true) };
}

function decodeRun(input: Uint8Array, last: boolean): { readonly out: Uint8Array; readonly used: number } {
  const out = Buffer.allocUnsafe(input.length);
  let size = 0;
  let i = 0;
  while (i < input.length) {
    const c = input[i] ?? 0;
    const inWord = (c === space || c === tab) && i + 1 < input.length && isVisible(input[i + 1] ?? 0);
    if (inWord || (c !== equals && c !== space && c !== tab)) {
      out[size++] = c;
      i += 1;
      continue;
    }
    const spaceEnd = afterSpace(input, c === equals ? i + 1 : i);
    if (spaceEnd - i > heldBytesMax) {
      // Not a line's trailing white space by any writer: it stays.
      size += copyRun(input, i, spaceEnd, out, size);
      i = spaceEnd;
      continue;
    }
    if (needsMore(input, i, spaceEnd) && !last) break;
    if (c === equals) {
      const step = escapeAt(input, i, spaceEnd);
      if (step.byte !== undefined) out[size++] = step.byte;
      i = step.next;
    } else {
      if (!lineEndAt(input, spaceEnd) && spaceEnd < input.length)
        size += copyRun(input, i, spaceEnd, out, size);
      i = spaceEnd;
    }
  }
  return { out: out.subarray(0, size), used: i };
}

/** White space before such a byte is not the end of a line. */
function isVisible(c: number): boolean {
  return c > space && c !== equals;
}

function copyRun(input: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  out.set(input.subarray(start, end), at);
  return end - start;
}

function afterSpace(input: Uint8Array, from: number): number {
  let at = from;
  while (input[at] === space || input[at] === tab) at += 1;
  return at;
}

/** What stands at `i` cannot be decided before more bytes come. */
function needsMore(input: Uint8Array, i: number, spaceEnd: number): boolean {
  if (spaceEnd >= input.length) return true;
  if (input[spaceEnd] === cr && spaceEnd + 1 >= input.length) return true;
  return input[i] === equals && i + 2 >= input.length;
}

function lineEndAt(input: Uint8Array, at: number): number {
  if (input[at] === lf) return 1;
  return input[at] === cr && input[at + 1] === lf ? 2 : 0;
}

function escapeAt(
  input: Uint8Array,
  i: number,
  spaceEnd: number,
): { readonly byte: number | undefined; readonly next: number } {
  const lineEnd = lineEndAt(input, spaceEnd);
  // A soft break, also one that the message ends with.
  if (lineEnd > 0 || spaceEnd >= input.length) return { byte: undefined, next: spaceEnd + lineEnd };
  const high = hexValue[input[i + 1] ?? 0] ?? -1;
  const low = hexValue[input[i + 2] ?? 0] ?? -1;
  if (high < 0 || low < 0) return { byte: equals, next: i + 1 };
  return { byte: high * 16 + low, next: i + 3 };
}

/**
 * Writes quoted-printable in any chunking. In text (the default) CR LF stays a line end; a bare CR or LF, and with
 * `binary` every CR and LF, is encoded, so that decoding gives the same bytes back.
 */
export function createQuotedPrintableEncoder(options: { readonly binary?: boolean } = {}): ByteTransform {
  let held = Buffer.alloc(0);
  let column = 0;
  const run = (bytes: Uint8Array, last: boolean): Uint8Array => {
    const input = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    // Two bytes ahead decide about white space before a line end.
    const stop = last ? input.length : Math.max(0, input.length - 2);
    const pieces: string[] = [];
    let i = 0;
    while (i < stop) {
      const hard = options.binary !== true && input[i] === cr && input[i + 1] === lf;
      if (hard) {
        pieces.push('\r\n');
        column = 0;
        i += 2;
        continue;
      }
      const piece = encodeByte(input, i, options.binary === true);
      if (column + piece.length > lineMax - 1) {
        pieces.push('=\r\n');
        column = 0;
      }
      pieces.push(column === 0 && piece === '.' ? '=2E' : piece);
      column += column === 0 && piece === '.' ? 3 : piece.length;
      i += 1;
    }
    held = Buffer.from(input.subarray(i));
    return Buffer.from(pieces.join(''), 'latin1');
  };
  return { push: (bytes) => run(bytes, false), finish: () => run(new Uint8Array(), true) };
}

function encodeByte(input: Uint8Array, i: number, binary: boolean): string {
  const c = input[i] ?? 0;
  const isSpace = c === space || c === tab;
  const atEnd = i + 1 >= input.length || (!binary && lineEndAt(input, i + 1) === 2);
  const plain = (c > space && c < 127 && c !== equals) || (isSpace && !atEnd);
  return plain ? String.fromCharCode(c) : `=${c.toString(16).toUpperCase().padStart(2, '0')}`;
}
