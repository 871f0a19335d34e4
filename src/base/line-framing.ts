import type { ByteQueue } from './byte-queue.ts';
import type { WireFrame } from './wire-frame.ts';

const cr = 13;
const lf = 10;
const nothing = Buffer.alloc(0);

/** The beginning of an overlong line that is kept: enough for a command name or an IMAP tag. */
const overlongHeadBytesMax = 128;

/** A line being read past its end of use: too long, or the rest of an anomaly. */
interface Skipping {
  readonly head: Buffer;
  readonly report: boolean;
  lengthBytes: number;
}

/** Lines that end with CR LF and hold no other CR, LF or NUL. */
export class LineFraming {
  readonly #queue: ByteQueue;
  /** Up to here the current line was looked through. */
  #scanned = 0;
  #nulFrom = -1;
  #nulAt = -1;
  #skipping: Skipping | undefined;

  constructor(queue: ByteQueue) {
    this.#queue = queue;
  }

  /** More was pushed, and what was left moved by so much. */
  pushed(moved: number): void {
    this.#nulFrom = -1;
    this.#scanned = Math.max(0, this.#scanned - moved);
  }

  next(limitBytes: number, overlong?: 'at-once'): WireFrame | undefined {
    if (this.#skipping !== undefined) {
      const skipped = this.#skip(this.#skipping);
      if (skipped !== 'nothing to tell') return skipped;
    }
    const { bytes, at } = this.#queue;
    const from = Math.max(this.#scanned, at);
    const limit = at + limitBytes;
    const nextLf = bytes.indexOf(lf, from);
    const end = nextLf < 0 ? bytes.length : nextLf;
    const odd = this.#oddByte(from, end, nextLf >= 0);
    if (odd >= 0 && odd < limit) return this.#anomaly(odd);
    if (nextLf >= 0 && nextLf - 1 <= limit && odd < 0) return this.#whole(nextLf);
    if (end - at > limitBytes + 1 || odd >= limit) return this.#overlong(limitBytes, overlong);
    this.#scanned = bytes[end - 1] === cr ? end - 1 : end;
    return undefined;
  }

  #whole(lfAt: number): WireFrame {
    const bytes = this.#queue.bytes.subarray(this.#queue.at, lfAt - 1);
    this.#moveTo(lfAt + 1);
    return { kind: 'line', bytes };
  }

  /**
   * The first byte of [from, end) that must not stand in a line, or the LF at `end` that no CR precedes;
   * -1 if there is none. A CR as the last byte is not judged before its successor is here.
   */
  #oddByte(from: number, end: number, lfFollows: boolean): number {
    const { bytes, at } = this.#queue;
    let odd = -1;
    const nextCr = bytes.indexOf(cr, from);
    if (nextCr >= 0 && nextCr < end - 1) odd = nextCr;
    else if (lfFollows && (end === at || bytes[end - 1] !== cr)) odd = end;
    const nul = this.#nextNul(from);
    return nul < end && (odd < 0 || nul < odd) ? nul : odd;
  }

  /** Remembered, so that many short lines in one chunk do not look through its rest again and again. */
  #nextNul(from: number): number {
    if (this.#nulFrom < 0 || this.#nulAt < from) {
      const { bytes } = this.#queue;
      const found = bytes.indexOf(0, from);
      this.#nulAt = found < 0 ? bytes.length : found;
      this.#nulFrom = from;
    }
    return this.#nulAt;
  }

  #anomaly(at: number): WireFrame {
    const byte = this.#queue.bytes[at];
    const what = byte === cr ? 'bare-cr' : byte === lf ? 'bare-lf' : 'nul';
    this.#skipping = { head: nothing, report: false, lengthBytes: 0 };
    const bytes = this.#queue.take(at + 1);
    this.#scanned = this.#queue.at;
    return { kind: 'anomaly', what, bytes };
  }

  #overlong(limitBytes: number, when: 'at-once' | undefined): WireFrame | undefined {
    const { bytes, at } = this.#queue;
    const head = Buffer.from(bytes.subarray(at, at + Math.min(limitBytes, overlongHeadBytesMax)));
    if (when === 'at-once') return { kind: 'overlong', head, lengthBytes: limitBytes + 1 };
    this.#skipping = { head, report: true, lengthBytes: 0 };
    const skipped = this.#skip(this.#skipping);
    return skipped === 'nothing to tell' ? undefined : skipped;
  }

  /** Reads on to CR LF, keeping only a CR that may be its first half. */
  #skip(skipping: Skipping): WireFrame | undefined | 'nothing to tell' {
    const { bytes, at, length } = this.#queue;
    const end = bytes.indexOf('\r\n', at, 'latin1');
    if (end < 0) {
      const keep = length > 0 && bytes[bytes.length - 1] === cr ? 1 : 0;
      skipping.lengthBytes += length - keep;
      this.#moveTo(bytes.length - keep);
      return undefined;
    }
    const lengthBytes = skipping.lengthBytes + end - at;
    this.#skipping = undefined;
    this.#moveTo(end + 2);
    return skipping.report ? { kind: 'overlong', head: skipping.head, lengthBytes } : 'nothing to tell';
  }

  #moveTo(at: number): void {
    this.#queue.moveTo(at);
    this.#scanned = this.#queue.at;
  }
}
