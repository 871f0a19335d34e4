import { ByteCollector } from '#base/byte-collector.ts';
import type { HeaderBlock } from '#mail/header.ts';

/** The beginning of a message, kept while it comes in for those who look at it whole. */
export class HeldMessage {
  readonly #bytesMax: number;
  readonly #held = new ByteCollector();
  #isWhole = true;

  /** @param bytesMax what is kept at most, header and body together */
  constructor({ text, bodyStart }: HeaderBlock, bytesMax: number) {
    this.#bytesMax = bytesMax;
    // The characters of a header block are its bytes.
    this.take(Buffer.from(text.slice(0, bodyStart), 'latin1'));
  }

  /** Octets of the body; they are copied, since whoever gives them may use their place again. */
  take(octets: Uint8Array): void {
    const room = this.#bytesMax - this.#held.length;
    if (octets.length > room) this.#isWhole = false;
    if (room <= 0 || octets.length === 0) return;
    this.#held.append(octets.subarray(0, room));
  }

  /** Whether `bytes` is all of it. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  bytes(): Uint8Array {
    return this.#held.view();
  }
}
