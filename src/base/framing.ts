import { ByteQueue } from './byte-queue.ts';
import { DataFraming } from './data-framing.ts';
import { LineFraming } from './line-framing.ts';
import { unreachable } from './result.ts';
import type { Want, WireFrame } from './wire-frame.ts';

/**
 * Bytes in, frames out (DESIGN §4): `push` what came, then take frames with `next` until it is `undefined`.
 * Any chunking gives the same frames (of `octets` and `data`: the same bytes). Frames are views of what
 * was pushed and stay valid; no byte is copied but the beginning of a line that a chunk cut.
 * Memory: at most `limitBytes` + 1 of a line; nothing of octets and data.
 */
export class Framer {
  readonly #queue = new ByteQueue();
  readonly #lines = new LineFraming(this.#queue);
  #data: DataFraming | undefined;

  /** Bytes pushed and not yet given out. */
  get bufferedBytes(): number {
    return this.#queue.length;
  }

  /** All that was pushed and not given out; it is given out by this. */
  takeRest(): Uint8Array {
    return this.#queue.take(this.#queue.bytes.length);
  }

  push(bytes: Uint8Array): void {
    this.#lines.pushed(this.#queue.push(bytes));
  }

  next(want: Want): WireFrame | undefined {
    switch (want.kind) {
      case 'line':
        return this.#lines.next(want.limitBytes, want.overlong);
      case 'octets':
        return this.#octets(want.count);
      case 'data':
        return this.#dataPiece();
      default:
        return unreachable(want);
    }
  }

  #octets(count: number): WireFrame | undefined {
    const queue = this.#queue;
    if (queue.length >= count) return { kind: 'octets', bytes: queue.take(queue.at + count), last: true };
    if (queue.length === 0) return undefined;
    return { kind: 'octets', bytes: queue.take(queue.bytes.length), last: false };
  }

  #dataPiece(): WireFrame | undefined {
    this.#data ??= new DataFraming(this.#queue);
    const frame = this.#data.next();
    if (frame?.last === true) this.#data = undefined;
    return frame;
  }
}
