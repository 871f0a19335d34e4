import { constants, createDeflateRaw, type DeflateRaw } from 'node:zlib';

/**
 * Ours to choose (RFC 4978 §4). On mail a window of 8 KiB leaves 29 % where the largest leaves 26 %, and takes half the
 * memory; below it the loss grows.
 */
const windowBits = 13;
const memLevel = 5;
const level = 6;
/** Made of one stream at a time, between two looks at whether the peer reads. */
const pieceBytesMax = 64 * 1024;
/** Of what comes out, handed on at once. */
const chunkBytes = 4 * 1024;

export interface DeflaterParts {
  /** Ready to be sent. `false`: the peer reads slowly, nothing more is made before `resume`. */
  send(bytes: Uint8Array): boolean;
  /** After `write` said `false`: there is room again. */
  room(): void;
  /** Memory ran out, or the like; nothing more can be sent. */
  failed(): void;
}

/**
 * Our half of a compressed connection: whatever is written comes out whole, so that the peer can read it at once. What is
 * written while a piece is being made is made together. Between pieces the state can be let go (`rest`): each piece
 * ends at the border of an octet, and what follows it need not look back.
 */
export class Deflater {
  readonly #parts: DeflaterParts;
  #stream: DeflateRaw | undefined;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #isWorking = false;
  #isBlocked = false;
  /** `write` said `false`, and nobody was told of room since. */
  #isRoomAwaited = false;
  #ended: (() => void) | undefined;

  constructor(parts: DeflaterParts) {
    this.#parts = parts;
  }

  /** Is there state that `rest` could let go? */
  get isHolding(): boolean {
    return this.#stream !== undefined;
  }

  /** `false`: enough waits, until `room`. */
  write(bytes: Uint8Array): boolean {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#work();
    this.#isRoomAwaited = !this.#hasRoom;
    return !this.#isRoomAwaited;
  }

  /** The peer has read; `room` follows. */
  resume(): void {
    this.#isBlocked = false;
    this.#isRoomAwaited = true;
    this.#work();
    this.#tellRoom();
  }

  /** Sends what waits, whether the peer reads or not, then calls back. */
  end(ended: () => void): void {
    this.#ended = ended;
    this.#work();
  }

  rest(): void {
    if (!this.#isWorking && this.#waitingBytes === 0) this.destroy();
  }

  destroy(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.destroy();
  }

  get #hasRoom(): boolean {
    return !this.#isBlocked && this.#waitingBytes < pieceBytesMax;
  }

  #tellRoom(): void {
    if (!this.#isRoomAwaited || !this.#hasRoom) return;
    this.#isRoomAwaited = false;
    this.#parts.room();
  }

  #work(): void {
    if (this.#isWorking) return;
    if (this.#waitingBytes === 0) {
      if (this.#ended !== undefined) this.#finish(this.#ended);
      return;
    }
    if (this.#isBlocked && this.#ended === undefined) return;
    this.#isWorking = true;
    const stream = this.#open();
    stream.write(this.#nextPiece(), (error) => {
      if (this.#stream === stream && !error) this.#made();
    });
  }

  #made(): void {
    this.#isWorking = false;
    this.#work();
    this.#tellRoom();
  }

  /** The last words have come out when the stream says that it is at its end. */
  #finish(ended: () => void): void {
    const stream = this.#stream;
    if (stream === undefined) {
      ended();
      return;
    }
    this.#isWorking = true;
    stream.once('end', () => {
      if (this.#stream === stream) ended();
    });
    stream.end();
  }

  #nextPiece(): Uint8Array {
    const piece: Uint8Array[] = [];
    let leftBytes = pieceBytesMax;
    while (leftBytes > 0) {
      const first = this.#waiting[0];
      if (first === undefined) break;
      const part = first.subarray(0, leftBytes);
      if (part.length === first.length) this.#waiting.shift();
      else this.#waiting[0] = first.subarray(part.length);
      piece.push(part);
      leftBytes -= part.length;
    }
    this.#waitingBytes -= pieceBytesMax - leftBytes;
    return piece.length === 1 && piece[0] !== undefined ? piece[0] : Buffer.concat(piece);
  }

  #open(): DeflateRaw {
    if (this.#stream !== undefined) return this.#stream;
    const flush = constants.Z_SYNC_FLUSH;
    // No final block: the peer's stream is never over before the connection is.
    const options = { windowBits, memLevel, level, chunkSize: chunkBytes, flush, finishFlush: flush };
    const stream = createDeflateRaw(options);
    this.#stream = stream;
    stream.on('data', (bytes: Buffer) => {
      if (this.#stream === stream && !this.#parts.send(bytes)) this.#isBlocked = true;
    });
    stream.on('error', () => {
      if (this.#stream === stream) this.#parts.failed();
    });
    return stream;
  }
}
