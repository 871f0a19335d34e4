import { ByteQueue } from './byte-queue.ts';
import { DataFraming } from './data-framing.ts';
import type { Anomalies } from './line-end-watch.ts';
import { LineFraming } from './line-framing.ts';
import { unreachable } from './result.ts';

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

  push(bytes: Uint8Array): void {
    this.#lines.pushed(this.#queue.push(bytes));
  }

  next(want: Want): WireFrame | undefined {
    switch (want.kind) {
      case 'line':
        return this.#lines.next(want.limitBytes);
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
