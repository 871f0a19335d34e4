const firstBytes = 8192;
const nothing = Buffer.alloc(0);

/** Collects pieces of any size into one run of bytes; copies, because a frame belongs to its framer. */
export class ByteCollector {
  #buffer: Buffer = nothing;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    const length = this.#length + bytes.byteLength;
    if (length > this.#buffer.byteLength) this.#grow(length);
    this.#buffer.set(bytes, this.#length);
    this.#length = length;
  }

  /** What was collected, not copied: valid until the next `append`. */
  view(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #grow(lengthMin: number): void {
    const buffer = Buffer.allocUnsafeSlow(Math.max(firstBytes, lengthMin, this.#buffer.byteLength * 2));
    buffer.set(this.view());
    this.#buffer = buffer;
  }
}
