import { unreachable } from './result.ts';
import { LineEndWatch, noAnomalies, type Anomalies } from './line-end-watch.ts';

const cr = 13;
const lf = 10;
const dot = 46;
const empty = Buffer.alloc(0);
const lineThenDot = Buffer.from('\r\n.');

/** The beginning of an overlong line that is kept: enough for a command name or an IMAP tag. */
const overlongHeadBytesMax = 128;

/** Pushes below this get room to grow, so that a line that comes byte by byte is not copied each time. */
const largePushBytes = 4096;

/** What a session asks of the bytes that a peer sends. */
export type Want =
  | { readonly kind: 'line'; readonly limitBytes: number }
  | { readonly kind: 'octets'; readonly count: number }
  | { readonly kind: 'data' };

/**
 * `line`: without its CR LF, at most `limitBytes` long. `anomaly`: a bare CR, bare LF or NUL was met in a
 * line: `bytes` ends with it, and the rest of that line, up to its true CR LF, is thrown away, so that
 * nothing behind it is ever taken for a line of its own. `overlong`: the line was read to its end and
 * thrown away; `head` is its beginning. `octets`: a piece of `count` bytes; unless it is `last`, ask for
 * what remains (`count` less the bytes that came). `data`: a piece of a DATA body with the dots undone,
 * ended only by CR LF . CR LF; bytes are passed on as they came, and with `last` comes which anomalies
 * occurred.
 */
export type WireFrame =
  | { readonly kind: 'line'; readonly bytes: Uint8Array }
  | { readonly kind: 'anomaly'; readonly what: 'bare-cr' | 'bare-lf' | 'nul'; readonly bytes: Uint8Array }
  | { readonly kind: 'overlong'; readonly head: Uint8Array; readonly lengthBytes: number }
  | { readonly kind: 'octets'; readonly bytes: Uint8Array; readonly last: boolean }
  | {
      readonly kind: 'data';
      readonly bytes: Uint8Array;
      readonly last: boolean;
      readonly anomalies: Anomalies;
    };

/** A line being read past its end of use: too long, or the rest of an anomaly. */
interface Skipping {
  readonly head: Buffer;
  readonly report: boolean;
  lengthBytes: number;
}

/**
 * Bytes in, frames out (DESIGN §4): `push` what came, then take frames with `next` until it is `undefined`.
 * Any chunking gives the same frames (of `octets` and `data`: the same bytes). Frames are views of what
 * was pushed and stay valid; no byte is copied but the beginning of a line that a chunk cut.
 * Memory: at most `limitBytes` + 1 of a line; nothing of octets and data.
 */
export class Framer {
  #bytes: Buffer = empty;
  #at = 0;
  /** Where `#bytes` is a store of our own, its spare room lies behind the view. */
  #store: Buffer | undefined;
  /** Up to here the current line was looked through. */
  #scanned = 0;
  #nulFrom = -1;
  #nulAt = -1;
  #skipping: Skipping | undefined;
  #data: DataState | undefined;

  /** Bytes pushed and not yet given out. */
  get bufferedBytes(): number {
    return this.#bytes.length - this.#at;
  }

  push(bytes: Uint8Array): void {
    const fresh = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#nulFrom = -1;
    if (this.#at === this.#bytes.length) {
      this.#bytes = fresh;
      this.#store = undefined;
      this.#at = 0;
      this.#scanned = 0;
    } else {
      this.#append(fresh);
    }
  }

  next(want: Want): WireFrame | undefined {
    switch (want.kind) {
      case 'line':
        return this.#line(want.limitBytes);
      case 'octets':
        return this.#octets(want.count);
      case 'data':
        return this.#dataPiece();
      default:
        return unreachable(want);
    }
  }

  /** Behind what is left; bytes already given out as frames are never written over. */
  #append(fresh: Buffer): void {
    const left = this.#bytes.length - this.#at;
    const end = this.#bytes.length;
    if (this.#store !== undefined && end + fresh.length <= this.#store.length) {
      fresh.copy(this.#store, end);
      this.#bytes = this.#store.subarray(0, end + fresh.length);
      return;
    }
    const room = fresh.length >= largePushBytes ? fresh.length : Math.max(256, left + 2 * fresh.length);
    const store = Buffer.allocUnsafeSlow(left + room);
    this.#bytes.copy(store, 0, this.#at);
    fresh.copy(store, left);
    this.#scanned = Math.max(0, this.#scanned - this.#at);
    this.#at = 0;
    this.#store = store;
    this.#bytes = store.subarray(0, left + fresh.length);
  }

  #take(end: number): Buffer {
    const piece = this.#bytes.subarray(this.#at, end);
    this.#moveTo(end);
    return piece;
  }

  #moveTo(at: number): void {
    this.#at = at;
    this.#scanned = at;
    if (at === this.#bytes.length) {
      this.#bytes = empty;
      this.#store = undefined;
      this.#at = 0;
      this.#scanned = 0;
    }
  }

  #line(limitBytes: number): WireFrame | undefined {
    if (this.#skipping !== undefined) {
      const skipped = this.#skip(this.#skipping);
      if (skipped !== 'nothing to tell') return skipped;
    }
    const bytes = this.#bytes;
    const from = Math.max(this.#scanned, this.#at);
    const limit = this.#at + limitBytes;
    const nextLf = bytes.indexOf(lf, from);
    const end = nextLf < 0 ? bytes.length : nextLf;
    const odd = this.#oddByte(from, end, nextLf >= 0);
    if (odd >= 0 && odd < limit) return this.#anomaly(odd);
    if (nextLf >= 0 && nextLf - 1 <= limit && odd < 0) {
      const line = bytes.subarray(this.#at, nextLf - 1);
      this.#moveTo(nextLf + 1);
      return { kind: 'line', bytes: line };
    }
    if (end - this.#at > limitBytes + 1 || odd >= limit) return this.#overlong(limitBytes);
    this.#scanned = bytes[end - 1] === cr ? end - 1 : end;
    return undefined;
  }

  /**
   * The first byte of [from, end) that must not stand in a line, or the LF at `end` that no CR precedes;
   * -1 if there is none. A CR as the last byte is not judged before its successor is here.
   */
  #oddByte(from: number, end: number, lfFollows: boolean): number {
    const bytes = this.#bytes;
    let odd = -1;
    const nextCr = bytes.indexOf(cr, from);
    if (nextCr >= 0 && nextCr < end - 1) odd = nextCr;
    else if (lfFollows && (end === this.#at || bytes[end - 1] !== cr)) odd = end;
    const nul = this.#nextNul(from);
    return nul < end && (odd < 0 || nul < odd) ? nul : odd;
  }

  /** Remembered, so that many short lines in one chunk do not look through its rest again and again. */
  #nextNul(from: number): number {
    if (this.#nulFrom < 0 || this.#nulAt < from) {
      const found = this.#bytes.indexOf(0, from);
      this.#nulAt = found < 0 ? this.#bytes.length : found;
      this.#nulFrom = from;
    }
    return this.#nulAt;
  }

  #anomaly(at: number): WireFrame {
    const byte = this.#bytes[at];
    const what = byte === cr ? 'bare-cr' : byte === lf ? 'bare-lf' : 'nul';
    this.#skipping = { head: empty, report: false, lengthBytes: 0 };
    return { kind: 'anomaly', what, bytes: this.#take(at + 1) };
  }

  #overlong(limitBytes: number): WireFrame | undefined {
    const headEnd = this.#at + Math.min(limitBytes, overlongHeadBytesMax);
    const head = Buffer.from(this.#bytes.subarray(this.#at, headEnd));
    this.#skipping = { head, report: true, lengthBytes: 0 };
    const skipped = this.#skip(this.#skipping);
    return skipped === 'nothing to tell' ? undefined : skipped;
  }

  /** Reads on to CR LF, keeping only a CR that may be its first half. */
  #skip(skipping: Skipping): WireFrame | undefined | 'nothing to tell' {
    const bytes = this.#bytes;
    const end = bytes.indexOf('\r\n', this.#at, 'latin1');
    if (end < 0) {
      const keep = this.bufferedBytes > 0 && bytes[bytes.length - 1] === cr ? 1 : 0;
      skipping.lengthBytes += this.bufferedBytes - keep;
      this.#moveTo(bytes.length - keep);
      return undefined;
    }
    const lengthBytes = skipping.lengthBytes + end - this.#at;
    this.#skipping = undefined;
    this.#moveTo(end + 2);
    return skipping.report ? { kind: 'overlong', head: skipping.head, lengthBytes } : 'nothing to tell';
  }

  #octets(count: number): WireFrame | undefined {
    const available = this.bufferedBytes;
    if (available >= count) return { kind: 'octets', bytes: this.#take(this.#at + count), last: true };
    if (available === 0) return undefined;
    return { kind: 'octets', bytes: this.#take(this.#bytes.length), last: false };
  }

  #dataPiece(): WireFrame | undefined {
    if (this.bufferedBytes === 0) return undefined;
    this.#data ??= { at: 'line-start', watch: new LineEndWatch() };
    const state = this.#data;
    const start = this.#leaveLineStart(state);
    if (start === 'ended') return this.#dataEnd(state, empty);
    if (start === 'waiting') return undefined;
    if (start !== undefined) return this.#dataBytes(state, start);
    return this.#dataText(state);
  }

  /**
   * The few bytes after CR LF that decide: `.` CR LF ends, another `.` falls away. Steps byte by byte, since
   * a chunk may end anywhere. A held CR that turns out to be text is given back as bytes.
   */
  #leaveLineStart(state: DataState): 'ended' | 'waiting' | Buffer | undefined {
    while (state.at !== 'text') {
      if (this.bufferedBytes === 0) return 'waiting';
      const byte = this.#bytes[this.#at];
      if (state.at === 'after-cr') {
        state.at = byte === lf ? 'after-lf' : 'text';
      } else if (state.at === 'line-start' && byte === dot) {
        this.#moveTo(this.#at + 1);
        state.at = 'dot';
      } else if (state.at === 'dot' && byte === cr) {
        this.#moveTo(this.#at + 1);
        state.at = 'dot-cr';
      } else if (state.at === 'dot-cr' && byte === lf) {
        this.#moveTo(this.#at + 1);
        return 'ended';
      } else if (state.at === 'dot-cr') {
        state.at = 'text';
        return loneCr;
      } else if (state.at === 'after-lf') {
        state.at = 'line-start';
        return this.#take(this.#at + 1);
      } else {
        state.at = 'text';
      }
    }
    return undefined;
  }

  /** Text up to the next line that begins with a dot, or to the end of what is here. */
  #dataText(state: DataState): WireFrame {
    const bytes = this.#bytes;
    const found = bytes.indexOf(lineThenDot, this.#at);
    if (found < 0) {
      const last = bytes[bytes.length - 1];
      const pairEnds = last === lf && bytes.length - 2 >= this.#at && bytes[bytes.length - 2] === cr;
      state.at = pairEnds ? 'line-start' : last === cr ? 'after-cr' : 'text';
      return this.#dataBytes(state, this.#take(bytes.length));
    }
    const ends = bytes[found + 3] === cr && bytes[found + 4] === lf;
    const piece = bytes.subarray(this.#at, found + 2);
    this.#moveTo(ends ? found + 5 : found + 2);
    if (ends) return this.#dataEnd(state, piece);
    state.at = 'line-start';
    return this.#dataBytes(state, piece);
  }

  #dataBytes(state: DataState, bytes: Buffer): WireFrame {
    state.watch.see(bytes);
    return { kind: 'data', bytes, last: false, anomalies: noAnomalies };
  }

  #dataEnd(state: DataState, bytes: Buffer): WireFrame {
    state.watch.see(bytes);
    this.#data = undefined;
    return { kind: 'data', bytes, last: true, anomalies: state.watch.end() };
  }
}

const loneCr = Buffer.from('\r');

/**
 * Where in a DATA body the next byte stands. `dot` and `dot-cr` hold bytes that are not given out yet;
 * `after-cr` and `after-lf` are a CR LF cut in two: its CR is given out, then its LF.
 */
interface DataState {
  at: 'text' | 'line-start' | 'dot' | 'dot-cr' | 'after-cr' | 'after-lf';
  readonly watch: LineEndWatch;
}
