import { constants, createInflateRaw, type InflateRaw } from 'node:zlib';
import { RecentBytes } from './recent-bytes.ts';

/** How far back a peer's stream may look (RFC 1951 §2); its choice, not ours. */
export const windowBytesMax = 32 * 1024;
/** S-09: inflated bytes that wait until the session reads on; behind them the peer waits. */
export const inflatedBytesMax = 16 * 1024;
/** Of what comes out, handed on at once. */
const chunkBytes = 4 * 1024;
/** Compressed bytes that wait to be inflated; with more the socket is not read. */
const compressedBytesMax = 16 * 1024;

/** The end of an empty stored block, which is what a flush leaves (RFC 1951 §3.2.4): between blocks, at the border of an octet. */
const flushMark = 0x00_00_ff_ff;

export interface InflaterParts {
  inflated(bytes: Uint8Array): void;
  /** After `push` said `false`: there is room again. */
  room(): void;
  /** After `end`: all has been inflated. */
  ended(): void;
  /** What came is no compressed stream, or went on behind its end; nothing more comes. */
  damaged(why: string): void;
}

/**
 * The peer's half of a compressed connection. Only as much is inflated as is read: a bomb waits in the form in which it came.
 * Where the peer has flushed the state can be let go (`rest`); what the peer may look back to is kept, and no more.
 */
export class Inflater {
  readonly #parts: InflaterParts;
  readonly #recent = new RecentBytes(windowBytesMax);
  #stream: InflateRaw | undefined;
  #isReading = true;
  #isEnding = false;
  /** The last four octets that came. */
  #tail = 0;

  constructor(parts: InflaterParts) {
    this.#parts = parts;
  }

  /** Is there state that `rest` could let go? */
  get isHolding(): boolean {
    return this.#stream !== undefined;
  }

  /** Something came that is not inflated yet, or not read. */
  get isBusy(): boolean {
    const stream = this.#stream;
    return stream !== undefined && (stream.writableLength > 0 || stream.readableLength > 0);
  }

  /** `false`: enough waits, until `room`. */
  push(bytes: Uint8Array): boolean {
    if (bytes.length === 0) return true;
    this.#remember(bytes);
    return this.#open().write(bytes);
  }

  reading(on: boolean): void {
    this.#isReading = on;
    if (on) this.#stream?.resume();
    else this.#stream?.pause();
  }

  /** The peer sends no more. */
  end(): void {
    this.#isEnding = true;
    if (this.#stream === undefined) this.#parts.ended();
    else this.#stream.end();
  }

  rest(): void {
    if (!this.isBusy && !this.#isEnding && this.#isFlushed) this.destroy();
  }

  destroy(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.destroy();
  }

  /** In a stored block the same octets are what is said, and its last octet is the last that was inflated. */
  get #isFlushed(): boolean {
    return this.#tail === flushMark && this.#recent.last !== 0xff;
  }

  #remember(bytes: Uint8Array): void {
    let tail = this.#tail;
    for (const octet of bytes.subarray(-4)) tail = (tail << 8) | octet;
    this.#tail = tail >>> 0;
  }

  #open(): InflateRaw {
    if (this.#stream !== undefined) return this.#stream;
    // Options of a stream are taken too, though their type does not say so.
    const options = {
      chunkSize: chunkBytes,
      // The end of the connection is no final block, and not an error.
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(this.#recent.length > 0 && { dictionary: this.#recent.compact() }),
      readableHighWaterMark: inflatedBytesMax,
      writableHighWaterMark: compressedBytesMax,
    };
    const stream = createInflateRaw(options);
    this.#stream = stream;
    this.#listen(stream);
    if (!this.#isReading) stream.pause();
    return stream;
  }

  #listen(stream: InflateRaw): void {
    const isOurs = (): boolean => this.#stream === stream;
    stream.on('data', (bytes: Buffer) => {
      if (!isOurs()) return;
      this.#recent.add(bytes);
      this.#parts.inflated(bytes);
    });
    stream.on('drain', () => {
      if (isOurs()) this.#parts.room();
    });
    stream.on('end', () => {
      if (!isOurs()) return;
      if (this.#isEnding) this.#parts.ended();
      else this.#damaged('it goes on behind its end');
    });
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (isOurs()) this.#damaged(error.code ?? error.message);
    });
  }

  #damaged(why: string): void {
    this.destroy();
    this.#parts.damaged(why);
  }
}
