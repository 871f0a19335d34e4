interface Kept<Key, Value> {
  readonly shelf: KeptShelf<Key, Value>;
  readonly key: Key;
  readonly value: Value;
  readonly bytes: number;
}

/** Bounds what its shelves keep together; what was asked for longest ago goes first (S-09). */
export class KeptPool<Key, Value> {
  readonly #bytesMax: number;
  readonly #kept = new Set<Kept<Key, Value>>();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** How much is kept, for tests and metrics. */
  get bytes(): number {
    return this.#bytes;
  }

  touch(kept: Kept<Key, Value>): void {
    this.#kept.delete(kept);
    this.#kept.add(kept);
  }

  add(kept: Kept<Key, Value>): void {
    this.#kept.add(kept);
    this.#bytes += kept.bytes;
    for (const oldest of this.#kept) {
      if (this.#bytes <= this.#bytesMax) return;
      oldest.shelf.forget([oldest.key]);
    }
  }

  remove(kept: Kept<Key, Value>): void {
    if (this.#kept.delete(kept)) this.#bytes -= kept.bytes;
  }
}

/** What is kept of one owner, by key. */
export class KeptShelf<Key, Value> {
  readonly #pool: KeptPool<Key, Value>;
  readonly #kept = new Map<Key, Kept<Key, Value>>();
  #ended = false;

  constructor(pool: KeptPool<Key, Value>) {
    this.#pool = pool;
  }

  get(key: Key): Value | undefined {
    const kept = this.#kept.get(key);
    if (kept !== undefined) this.#pool.touch(kept);
    return kept?.value;
  }

  /** @param bytes what keeping it costs; what is larger than the whole pool is not kept */
  put(key: Key, value: Value, bytes: number): void {
    if (this.#ended) return;
    this.forget([key]);
    const kept = { shelf: this, key, value, bytes };
    this.#kept.set(key, kept);
    this.#pool.add(kept);
  }

  forget(keys: Iterable<Key>): void {
    for (const key of keys) {
      const kept = this.#kept.get(key);
      if (kept === undefined) continue;
      this.#kept.delete(key);
      this.#pool.remove(kept);
    }
  }

  clear(): void {
    this.forget([...this.#kept.keys()]);
  }

  /** Forgets all, for good: what was on its way is not kept either. */
  end(): void {
    this.#ended = true;
    this.clear();
  }
}
