import type { RecordType } from '#platform/resolver.ts';

/** Bounds of the cache of answers; the weight of an entry is about what it takes in memory. */
const entriesMax = 10_000;
const weightBytesMax = 8 * 1024 * 1024;
/** S-09: entries whose names share a hash, whoever made them so; one name has one for each type. */
const chainMax = 32;
/** What an entry takes beside its records. */
const entryOverheadBytes = 200;

interface Entry<T> {
  readonly type: RecordType;
  readonly name: string;
  readonly hash: number;
  /** The one before of the same hash. */
  next: Entry<T> | undefined;
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
  readonly #hash: (name: string) => number;
  /** By the hash of the name: the newest of a chain, never longer than `chainMax`. */
  readonly #entries = new Map<number, Entry<T>>();
  #size = 0;
  /** As many as entries have ever been there at once. */
  readonly #places: (Entry<T> | undefined)[] = [];
  readonly #free: number[] = [];
  #hand = 0;
  #weightBytes = 0;

  constructor(monotonic: () => number, hash: (name: string) => number) {
    this.#monotonic = monotonic;
    this.#hash = hash;
  }

  get size(): number {
    return this.#size;
  }

  /** With the time it may still be kept. */
  get(type: RecordType, name: string): { readonly value: T; readonly leftMs: number } | undefined {
    const entry = this.#find(type, name, this.#hash(name));
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
    const hash = this.#hash(name);
    const old = this.#find(type, name, hash);
    if (old !== undefined) this.#forget(old);
    if (ttlMs <= 0) return;
    const weightBytes = sizeBytes + entryOverheadBytes;
    if (weightBytes > weightBytesMax) return;
    const nowMs = this.#monotonic();
    while (!this.#hasRoom(weightBytes)) this.#passOne(nowMs);
    this.#shorten(hash);
    const place = this.#free.pop() ?? this.#places.length;
    const untilMs = nowMs + ttlMs;
    const next = this.#entries.get(hash);
    const entry = { type, name, hash, next, place, value, untilMs, weightBytes, isUsed: false };
    this.#places[place] = entry;
    this.#entries.set(hash, entry);
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

  #find(type: RecordType, name: string, hash: number): Entry<T> | undefined {
    let entry = this.#entries.get(hash);
    while (entry !== undefined && (entry.name !== name || entry.type !== type)) entry = entry.next;
    return entry;
  }

  /** Makes room for one more of this hash. */
  #shorten(hash: number): void {
    let last = this.#entries.get(hash);
    let length = 1;
    for (; last?.next !== undefined; last = last.next) length += 1;
    if (last !== undefined && length >= chainMax) this.#forget(last);
  }

  #forget(entry: Entry<T>): void {
    this.#unlink(entry);
    this.#size -= 1;
    this.#places[entry.place] = undefined;
    this.#free.push(entry.place);
    this.#weightBytes -= entry.weightBytes;
  }

  #unlink(entry: Entry<T>): void {
    const first = this.#entries.get(entry.hash);
    if (first === entry) {
      if (entry.next === undefined) this.#entries.delete(entry.hash);
      else this.#entries.set(entry.hash, entry.next);
      return;
    }
    let before = first;
    while (before !== undefined && before.next !== entry) before = before.next;
    if (before !== undefined) before.next = entry.next;
  }
}
