import type { RecordType } from '#platform/resolver.ts';

/** Bounds of the cache of answers; the weight of an entry is about what it takes in memory. */
const entriesMax = 10_000;
const weightBytesMax = 8 * 1024 * 1024;
/** What an entry takes beside its records. */
const entryOverheadBytes = 200;

interface Entry<T> {
  readonly type: RecordType;
  readonly name: string;
  readonly place: number;
  readonly value: T;
  readonly untilMs: number;
  readonly weightBytes: number;
  /** Since the hand last passed. */
  isUsed: boolean;
}

export interface Kept<T> {
  readonly value: T;
  readonly ttlMs: number;
  readonly sizeBytes: number;
}

/**
 * Keeps values for their time; when there is no room, those go first that nobody asked for since they last might have
 * gone: a hand goes round over the places of the entries ("clock"), so that neither a hit nor a pass moves any. Time is
 * monotonic (S-12).
 */
export class AnswerCache<T> {
  readonly #monotonic: () => number;
  /** By type and name: a key of both would be built and hashed for each question. */
  readonly #entries = new Map<RecordType, Map<string, Entry<T>>>();
  #size = 0;
  /** As many as entries have ever been there at once. */
  readonly #places: (Entry<T> | undefined)[] = [];
  readonly #free: number[] = [];
  #hand = 0;
  #weightBytes = 0;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  get size(): number {
    return this.#size;
  }

  /** With the time it may still be kept. */
  get(type: RecordType, name: string): { readonly value: T; readonly leftMs: number } | undefined {
    const entry = this.#entries.get(type)?.get(name);
    if (entry === undefined) return undefined;
    const leftMs = entry.untilMs - this.#monotonic();
    if (leftMs <= 0) {
      this.#forget(entry);
      return undefined;
    }
    entry.isUsed = true;
    return { value: entry.value, leftMs };
  }

  set(type: RecordType, name: string, { value, ttlMs, sizeBytes }: Kept<T>): void {
    const entries = this.#entriesOf(type);
    const old = entries.get(name);
    if (old !== undefined) this.#forget(old);
    if (ttlMs <= 0) return;
    const weightBytes = sizeBytes + entryOverheadBytes;
    if (weightBytes > weightBytesMax) return;
    const nowMs = this.#monotonic();
    while (!this.#hasRoom(weightBytes)) this.#passOne(nowMs);
    const place = this.#free.pop() ?? this.#places.length;
    const untilMs = nowMs + ttlMs;
    const entry = { type, name, place, value, untilMs, weightBytes, isUsed: false };
    this.#places[place] = entry;
    entries.set(name, entry);
    this.#size += 1;
    this.#weightBytes += weightBytes;
  }

  /** Always, when nothing is there. */
  #hasRoom(weightBytes: number): boolean {
    return this.#size < entriesMax && this.#weightBytes + weightBytes <= weightBytesMax;
  }

  /** No entry is passed more than once and stays, so that there is room after two rounds at most. */
  #passOne(nowMs: number): void {
    const entry = this.#places[this.#hand];
    this.#hand = (this.#hand + 1) % this.#places.length;
    if (entry === undefined) return;
    if (entry.isUsed && entry.untilMs > nowMs) entry.isUsed = false;
    else this.#forget(entry);
  }

  #entriesOf(type: RecordType): Map<string, Entry<T>> {
    let entries = this.#entries.get(type);
    if (entries === undefined) {
      entries = new Map();
      this.#entries.set(type, entries);
    }
    return entries;
  }

  #forget({ type, name, place, weightBytes }: Entry<T>): void {
    this.#entries.get(type)?.delete(name);
    this.#size -= 1;
    this.#places[place] = undefined;
    this.#free.push(place);
    this.#weightBytes -= weightBytes;
  }
}
