const empty = Buffer.alloc(0);

/** Pushes below this get room to grow, so that a line that comes byte by byte is not copied each time. */
const largePushBytes = 4096;

/**
 * Bytes that came and were not yet given out, in one piece: from `at` to the end of `bytes`. What is taken is
 * a view that stays valid: it is never written over, and copied only where a chunk cut it.
 */
export class ByteQueue {
  bytes: Buffer = empty;
  at = 0;
  /** Where `bytes` is a store of our own, its spare room lies behind the view. */
  #store: Buffer | undefined;

  get length(): number {
    return this.bytes.length - this.at;
  }

  /** @returns how far what was left has moved towards the beginning of `bytes`; infinity if nothing was left */
  push(chunk: Uint8Array): number {
    const fresh = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    if (this.length > 0) return this.#append(fresh);
    this.bytes = fresh;
    this.#store = undefined;
    this.at = 0;
    return Infinity;
  }

  take(end: number): Buffer {
    const piece = this.bytes.subarray(this.at, end);
    this.moveTo(end);
    return piece;
  }

  moveTo(at: number): void {
    this.at = at;
    if (at < this.bytes.length) return;
    this.bytes = empty;
    this.#store = undefined;
    this.at = 0;
  }

  #append(fresh: Buffer): number {
    const left = this.length;
    const end = this.bytes.length;
    if (this.#store !== undefined && end + fresh.length <= this.#store.length) {
      fresh.copy(this.#store, end);
      this.bytes = this.#store.subarray(0, end + fresh.length);
      return 0;
    }
    const moved = this.at;
    const room = fresh.length >= largePushBytes ? fresh.length : Math.max(256, left + 2 * fresh.length);
    const store = Buffer.allocUnsafeSlow(left + room);
    this.bytes.copy(store, 0, this.at);
    fresh.copy(store, left);
    this.at = 0;
    this.#store = store;
    this.bytes = store.subarray(0, left + fresh.length);
    return moved;
  }
}
