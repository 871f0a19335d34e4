const firstRoomBytes = 256;

/** The last bytes of a stream, at most so many; takes no more room than twice what came. */
export class RecentBytes {
  readonly #bytesMax: number;
  #store = Buffer.alloc(0);
  #length = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get length(): number {
    return this.#length;
  }

  /** The last of all; `undefined`: nothing has come. */
  get last(): number | undefined {
    return this.#store[this.#length - 1];
  }

  add(bytes: Uint8Array): void {
    const fresh = bytes.length > this.#bytesMax ? bytes.subarray(bytes.length - this.#bytesMax) : bytes;
    const kept = Math.min(this.#length, this.#bytesMax - fresh.length);
    this.#keep(kept, kept + fresh.length);
    this.#store.set(fresh, kept);
    this.#length = kept + fresh.length;
  }

  /** All of it, without spare room; what is added later may be written over it. */
  compact(): Buffer {
    if (this.#store.length > this.#length) this.#move(this.#length, this.#length);
    return this.#store;
  }

  /** Moves the last `kept` to the beginning of a store that has room for `needed`. */
  #keep(kept: number, needed: number): void {
    if (needed > this.#store.length) {
      this.#move(kept, Math.min(this.#bytesMax, Math.max(firstRoomBytes, 2 * needed)));
    } else if (kept < this.#length) {
      this.#store.copyWithin(0, this.#length - kept, this.#length);
    }
  }

  /** Not from the pool that all buffers share: a few bytes would keep all of it. */
  #move(kept: number, roomBytes: number): void {
    const store = Buffer.allocUnsafeSlow(roomBytes);
    this.#store.copy(store, 0, this.#length - kept, this.#length);
    this.#store = store;
    this.#length = kept;
  }
}
