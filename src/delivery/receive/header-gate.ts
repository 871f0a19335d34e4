import { ByteCollector } from '#base/byte-collector.ts';
import { asBuffer } from '#mail/octets.ts';

export type Gate =
  /** The blank line has not come yet. */
  | { readonly kind: 'more' }
  /** The whole header with its blank line, and what of this piece belongs to the body. */
  | { readonly kind: 'header'; readonly header: Buffer; readonly rest: Uint8Array }
  /** I-64: longer than it may be. */
  | { readonly kind: 'too-large' };

/** Holds a message back until its header is whole, so that it can be judged and completed before any byte is kept. */
export class HeaderGate {
  readonly #bytesMax: number;
  readonly #held = new ByteCollector();

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  push(bytes: Uint8Array): Gate {
    if (this.#held.length === 0) {
      // Most messages come in one piece: nothing is copied for them.
      const whole = asBuffer(bytes);
      const end = headerEnd(whole, 0);
      if (end !== undefined) return this.#open(whole, end);
    }
    const from = Math.max(0, this.#held.length - 3);
    // One more than the limit and the blank line is enough to know.
    this.#held.append(bytes);
    const end = headerEnd(this.#held.view(), from);
    if (end !== undefined) return this.#open(this.#held.view(), end);
    return this.#held.length > this.#bytesMax ? { kind: 'too-large' } : { kind: 'more' };
  }

  /** The message ended without a blank line: all of it is header. */
  end(): Buffer {
    return this.#held.view();
  }

  #open(bytes: Buffer, end: number): Gate {
    if (end > this.#bytesMax) return { kind: 'too-large' };
    return { kind: 'header', header: bytes.subarray(0, end), rest: bytes.subarray(end) };
  }
}

/** Where the body begins; a message may begin with its blank line. */
function headerEnd(bytes: Buffer, from: number): number | undefined {
  if (from === 0 && bytes[0] === 0x0d && bytes[1] === 0x0a) return 2;
  const at = bytes.indexOf('\r\n\r\n', from, 'latin1');
  return at === -1 ? undefined : at + 4;
}
