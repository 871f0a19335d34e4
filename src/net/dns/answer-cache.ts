/** Bounds of the cache of answers; the weight of an entry is the size of its reply in bytes. */
const entriesMax = 10_000;
const weightBytesMax = 8 * 1024 * 1024;
/** What an entry takes beside its records. */
const entryOverheadBytes = 200;

interface Entry<T> {
  readonly value: T;
  readonly untilMs: number;
  readonly weightBytes: number;
  /** Since it last stood at the front. */
  isUsed: boolean;
}

/**
 * Keeps values for their time; when there is no room, those go first that nobody asked for since they last might have
 * gone ("second chance": a hit moves nothing). Time is monotonic (S-12).
 */
export class AnswerCache<T> {
  readonly #monotonic: () => number;
  readonly #entries = new Map<string, Entry<T>>();
  #weightBytes = 0;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** With the time it may still be kept. */
  get(key: string): { readonly value: T; readonly leftMs: number } | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const leftMs = entry.untilMs - this.#monotonic();
    if (leftMs <= 0) {
      this.#forget(key, entry);
      return undefined;
    }
    entry.isUsed = true;
    return { value: entry.value, leftMs };
  }

  set(key: string, value: T, kept: { readonly ttlMs: number; readonly sizeBytes: number }): void {
    const old = this.#entries.get(key);
    if (old !== undefined) this.#forget(key, old);
    if (kept.ttlMs <= 0) return;
    const weightBytes = kept.sizeBytes + entryOverheadBytes;
    if (weightBytes > weightBytesMax) return;
    this.#makeRoom(weightBytes);
    this.#keep(key, { value, untilMs: this.#monotonic() + kept.ttlMs, weightBytes, isUsed: false });
  }

  /** Each entry is passed over once at most, so that this ends. */
  #makeRoom(weightBytes: number): void {
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size < entriesMax && this.#weightBytes + weightBytes <= weightBytesMax) return;
      this.#forget(oldest, entry);
      if (entry.isUsed) this.#keep(oldest, { ...entry, isUsed: false });
    }
  }

  #keep(key: string, entry: Entry<T>): void {
    this.#entries.set(key, entry);
    this.#weightBytes += entry.weightBytes;
  }

  #forget(key: string, entry: Entry<T>): void {
    this.#entries.delete(key);
    this.#weightBytes -= entry.weightBytes;
  }
}
