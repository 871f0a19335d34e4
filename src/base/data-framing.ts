import type { ByteQueue } from './byte-queue.ts';
import { LineEndWatch, noAnomalies } from './line-end-watch.ts';
import type { WireFrame } from './wire-frame.ts';

type DataFrame = Extract<WireFrame, { kind: 'data' }>;

const cr = 13;
const lf = 10;
const dot = 46;
const nothing = Buffer.alloc(0);
const loneCr = Buffer.from('\r');
const lineThenDot = Buffer.from('\r\n.');

/**
 * Where the next byte of a body stands. `dot` and `dot-cr` hold bytes that are not given out yet; `after-cr`
 * and `after-lf` are a CR LF cut in two by a chunk: its CR is given out, then its LF.
 */
type Place = 'text' | 'line-start' | 'dot' | 'dot-cr' | 'after-cr' | 'after-lf';

/** One body of DATA (RFC 5321 §4.5.2): dots undone, ended by CR LF . CR LF and by nothing else. */
export class DataFraming {
  readonly #queue: ByteQueue;
  readonly #watch = new LineEndWatch();
  #place: Place = 'line-start';

  constructor(queue: ByteQueue) {
    this.#queue = queue;
  }

  next(): DataFrame | undefined {
    if (this.#queue.length === 0) return undefined;
    const start = this.#leaveLineStart();
    if (start === 'waiting') return undefined;
    if (start === 'ended') return this.#last(nothing);
    return start === 'text' ? this.#text() : this.#piece(start);
  }

  /**
   * The few bytes after CR LF that decide: `.` CR LF ends, another `.` falls away. Steps byte by byte, since a
   * chunk may end anywhere. A held CR that turns out to be text is given back as bytes.
   */
  #leaveLineStart(): 'ended' | 'waiting' | 'text' | Buffer {
    const queue = this.#queue;
    while (this.#place !== 'text') {
      if (queue.length === 0) return 'waiting';
      const place = this.#place;
      const byte = queue.bytes[queue.at];
      this.#place = afterByte(place, byte);
      if (place === 'after-lf') return queue.take(queue.at + 1);
      if (place === 'dot-cr' && byte !== lf) return loneCr;
      if (this.#place === 'dot' || this.#place === 'dot-cr') queue.moveTo(queue.at + 1);
      if (place === 'dot-cr') {
        queue.moveTo(queue.at + 1);
        return 'ended';
      }
    }
    return 'text';
  }

  /** Text up to the next line that begins with a dot, or to the end of what is here. */
  #text(): DataFrame {
    const queue = this.#queue;
    const { bytes } = queue;
    const found = bytes.indexOf(lineThenDot, queue.at);
    if (found < 0) {
      this.#place = placeAfter(bytes, queue.at);
      return this.#piece(queue.take(bytes.length));
    }
    const ends = bytes[found + 3] === cr && bytes[found + 4] === lf;
    const piece = bytes.subarray(queue.at, found + 2);
    queue.moveTo(ends ? found + 5 : found + 2);
    if (ends) return this.#last(piece);
    this.#place = 'line-start';
    return this.#piece(piece);
  }

  #piece(bytes: Buffer): DataFrame {
    this.#watch.see(bytes);
    return { kind: 'data', bytes, last: false, anomalies: noAnomalies };
  }

  #last(bytes: Buffer): DataFrame {
    this.#watch.see(bytes);
    return { kind: 'data', bytes, last: true, anomalies: this.#watch.end() };
  }
}

/** The place behind a byte; `dot-cr` before LF is the end, which the caller sees. */
function afterByte(place: Place, byte: number | undefined): Place {
  switch (place) {
    case 'after-cr':
      return byte === lf ? 'after-lf' : 'text';
    case 'after-lf':
      return 'line-start';
    case 'line-start':
      return byte === dot ? 'dot' : 'text';
    case 'dot':
      return byte === cr ? 'dot-cr' : 'text';
    default:
      return 'text';
  }
}

/** The place behind the last byte of text that begins at `from`. */
function placeAfter(bytes: Buffer, from: number): Place {
  const end = bytes.length;
  if (bytes[end - 1] === cr) return 'after-cr';
  const pair = end - 2 >= from && bytes[end - 2] === cr && bytes[end - 1] === lf;
  return pair ? 'line-start' : 'text';
}
