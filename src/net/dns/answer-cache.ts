/** Bounds of the cache of answers; the weight of an entry is the size of its reply in bytes. */
const entriesMax = 10_000;
const weightBytesMax = 8 * 1024 * 1024;
/** What an entry takes beside its records. */
const entryOverheadBytes = 200;

interface Entry<T> {
  readonly key: string;
  readonly place: number;
  readonly value: T;
  readonly untilMs: number;
  readonly weightBytes: number;
  /** Since the hand last passed. */
  isUsed: boolean;
}

/**
 * Keeps values for their time; when there is no room, those go first that nobody asked for since they last might have
 * gone: a hand goes round over the places of the entries ("clock"), so that neither a hit nor a pass moves any. Time is
 * monotonic (S-12).
 */
export class AnswerCache<T> {
  readonly #monotonic: () => number;
  readonly #entries = new Map<string, Entry<T>>();
  /** As many as entries have ever been there at once. */
  readonly #places: (Entry<T> | undefined)[] = [];
  readonly #free: number[] = [];
  #hand = 0;
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
      this.#forget(entry);
      return undefined;
    }
    entry.isUsed = true;
    return { value: entry.value, leftMs };
  }

  set(key: string, value: T, kept: { readonly ttlMs: number; readonly sizeBytes: number }): void {
    const old = this.#entries.get(key);
    if (old !== undefined) this.#forget(old);
    if (kept.ttlMs <= 0) return;
    const weightBytes = kept.sizeBytes + entryOverheadBytes;
    if (weightBytes > weightBytesMax) return;
    const nowMs = this.#monotonic();
    while (!this.#hasRoom(weightBytes)) this.#passOne(nowMs);
    const place = this.#free.pop() ?? this.#places.length;
    const entry = { key, place, value, untilMs: nowMs + kept.ttlMs, weightBytes, isUsed: false };
    this.#places[place] = entry;
    this.#entries.set(key, entry);
    this.#weightBytes += weightBytes;
  }

  /** Always, when nothing is there. */
  #hasRoom(weightBytes: number): boolean {
    return this.#entries.size < entriesMax && this.#weightBytes + weightBytes <= weightBytesMax;
  }

  /** No entry is passed more than once and stays, so that there is room after two rounds at most. */
  #passOne(nowMs: number): void {
    const entry = this.#places[this.#hand];
    this.#hand = (this.#hand + 1) % this.#places.length;
    if (entry === undefined) return;
    if (entry.isUsed && entry.untilMs > nowMs) entry.isUsed = false;
    else this.#forget(entry);
  }

  #forget({ key, place, weightBytes }: Entry<T>): void {
    this.#entries.delete(key);
    this.#places[place] = undefined;
    this.#free.push(place);
    this.#weightBytes -= weightBytes;
  }
}
