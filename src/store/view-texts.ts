/** What all texts of a process may take together; each is counted with what keeping it costs. */
export const viewTextsBytesMax = 32 * 1_048_576;
/** A longer text is made anew each time. */
const textBytesMax = 16_384;
const textOverheadBytes = 64;
const shelfOverheadBytes = 512;

/**
 * Texts that sessions have made of messages (ENVELOPE, chosen header fields, …), for the next session that asks the same
 * of the same view. A message never changes, so neither does its text. The shelf that was unused for the longest goes first.
 */
export class ViewTexts {
  readonly #bytesMax: number;
  readonly #shelves = new Set<TextShelf>();
  #bytes = 0;

  constructor(bytesMax = viewTextsBytesMax) {
    this.#bytesMax = bytesMax;
  }

  /** How much is kept, for tests and metrics. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Puts it with those that were used last. */
  touch(shelf: TextShelf): void {
    if (!this.#shelves.delete(shelf)) this.#bytes += shelf.bytes;
    this.#shelves.add(shelf);
  }

  remove(shelf: TextShelf): void {
    if (this.#shelves.delete(shelf)) this.#bytes -= shelf.bytes;
  }

  /** The shelf has become smaller by so much. */
  shrink(shelf: TextShelf, bytes: number): void {
    if (this.#shelves.has(shelf)) this.#bytes -= bytes;
  }

  /** The shelf wants to grow by so much; `false`: it is no longer one of these. Where all is full, what was asked last stays. */
  grow(shelf: TextShelf, bytes: number): boolean {
    if (!this.#shelves.has(shelf)) return false;
    for (const oldest of this.#shelves) {
      if (this.#bytes + bytes <= this.#bytesMax) break;
      oldest.clear();
    }
    // It was the last and has made room in itself.
    if (!this.#shelves.has(shelf)) this.touch(shelf);
    this.#bytes += bytes;
    return true;
  }
}

/** The texts of one kind of one view, by UID. */
export class TextShelf {
  readonly #pool: ViewTexts;
  readonly #baseBytes: number;
  #texts = new Map<number, string>();
  #bytes: number;

  constructor(pool: ViewTexts, label: string) {
    this.#pool = pool;
    this.#baseBytes = shelfOverheadBytes + label.length;
    this.#bytes = this.#baseBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(uid: number): string | undefined {
    return this.#texts.get(uid);
  }

  has(uid: number): boolean {
    return this.#texts.has(uid);
  }

  /** @param text one byte per character */
  put(uid: number, text: string): void {
    if (text.length > textBytesMax || this.#texts.has(uid)) return;
    const bytes = text.length + textOverheadBytes;
    if (!this.#pool.grow(this, bytes)) return;
    this.#bytes += bytes;
    this.#texts.set(uid, text);
  }

  /** Messages that have gone. */
  forget(uids: readonly number[]): void {
    for (const uid of uids) {
      const text = this.#texts.get(uid);
      if (text === undefined) continue;
      this.#texts.delete(uid);
      this.#bytes -= text.length + textOverheadBytes;
      this.#pool.shrink(this, text.length + textOverheadBytes);
    }
  }

  clear(): void {
    this.#pool.remove(this);
    this.#texts = new Map();
    this.#bytes = this.#baseBytes;
  }
}
