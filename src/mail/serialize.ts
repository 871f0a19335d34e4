import type { ByteTransform } from './byte-transform.ts';
import { asBuffer, noBytes } from './octets.ts';

const cr = 13;
const lf = 10;
const dot = 46;
const crlf = Buffer.from('\r\n');
const crlfDot = Buffer.from('\r\n.');

/**
 * The one way by which bytes of a message go out (DESIGN §4). Lines end in CR LF: a bare CR and a bare LF become CR LF,
 * NUL is taken out, so that no two readers part the lines differently (RFC 5321 §2.3.8). The last line is ended.
 * Works on any chunking. What must not change (a signed message) has been made so before it was signed.
 */
export function createLineNormalizer(): ByteTransform {
  let previous = lf;
  let any = false;
  return {
    push(bytes) {
      if (bytes.length === 0) return noBytes;
      const { out, last } = normalizeLines(asBuffer(bytes), any ? previous : 0);
      previous = last;
      any = true;
      return out;
    },
    finish() {
      if (!any || previous === lf) return noBytes;
      // A CR that waits for its LF was written as CR alone so far.
      return previous === cr ? Buffer.from('\n') : crlf;
    },
  };
}

interface Normalized {
  readonly out: Buffer;
  readonly last: number;
}

function normalizeLines(bytes: Buffer, before: number): Normalized {
  if (isProper(bytes, before)) return { out: bytes, last: bytes.at(-1) ?? before };
  const out = Buffer.allocUnsafe(2 * bytes.length + 1);
  let size = 0;
  let last = before;
  for (const c of bytes) {
    if (c === 0) continue;
    // A CR is written when it comes; its LF when it is known that none follows, or when it follows.
    if (last === cr && c !== lf) out[size++] = lf;
    if (c === lf && last !== cr) out[size++] = cr;
    out[size++] = c;
    last = c;
  }
  return { out: out.subarray(0, size), last };
}

/** The common case costs two searches per line and no copy. */
function isProper(bytes: Buffer, before: number): boolean {
  if (before === cr && bytes[0] !== lf) return false;
  if (bytes.includes(0)) return false;
  let at = before === cr ? 1 : 0;
  for (;;) {
    const nextCr = bytes.indexOf(cr, at);
    const nextLf = bytes.indexOf(lf, at);
    if (nextCr < 0) return nextLf < 0;
    if (nextCr === bytes.length - 1) return nextLf < 0;
    if (nextLf !== nextCr + 1) return false;
    at = nextLf + 1;
  }
}

/** Dot-stuffing for DATA (RFC 5321 §4.5.2) on bytes whose lines end in CR LF; any chunking. */
export function createDotStuffer(): ByteTransform {
  // What the next byte follows: 2 a line break (or the start), 1 a CR, 0 anything else.
  let state = 2;
  return {
    push(bytes) {
      if (bytes.length === 0) return noBytes;
      const out = stuff(asBuffer(bytes), state);
      state = stateAfter(asBuffer(bytes), state);
      return out;
    },
    finish: () => noBytes,
  };
}

function stateAfter(bytes: Buffer, before: number): number {
  const last = bytes.at(-1);
  if (last === cr) return 1;
  if (last !== lf) return 0;
  return bytes.length > 1 ? (bytes.at(-2) === cr ? 2 : 0) : before === 1 ? 2 : 0;
}

function stuff(bytes: Buffer, state: number): Buffer {
  const places = dotPlaces(bytes, state);
  if (places.length === 0) return bytes;
  const out = Buffer.allocUnsafe(bytes.length + places.length);
  let from = 0;
  let size = 0;
  for (const place of places) {
    size += bytes.copy(out, size, from, place);
    out[size++] = dot;
    from = place;
  }
  bytes.copy(out, size, from);
  return out;
}

/** Where a dot begins a line. */
function dotPlaces(bytes: Buffer, state: number): readonly number[] {
  const places: number[] = [];
  if (state === 2 && bytes[0] === dot) places.push(0);
  if (state === 1 && bytes[0] === lf && bytes[1] === dot) places.push(1);
  for (let at = bytes.indexOf(crlfDot); at >= 0; at = bytes.indexOf(crlfDot, at + 2)) places.push(at + 2);
  return places;
}

/** A message as it goes into DATA: lines normalised, dots doubled, and the final dot (RFC 5321 §4.1.1.4). */
export function createDataSerializer(): ByteTransform {
  const lines = createLineNormalizer();
  const dots = createDotStuffer();
  return {
    push: (bytes) => dots.push(lines.push(bytes)),
    finish: () => Buffer.concat([dots.push(lines.finish()), finalDot]),
  };
}

/** The same for a stream. For BDAT use `createLineNormalizer` alone. */
export async function* serializeData(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const data = createDataSerializer();
  for await (const chunk of chunks) {
    const out = data.push(chunk);
    if (out.length > 0) yield out;
  }
  yield data.finish();
}

const finalDot = Buffer.from('.\r\n');
