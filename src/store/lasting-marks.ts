import { makeRoom } from '#base/make-room.ts';
import type { Awaitable } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { Counters } from './contract/store.ts';

/** So long a yes is not asked for again, and not written again. */
const rememberedMs = 3_600_000;

export interface LastingMarksParts {
  readonly clock: Clock;
  /** Keeps them over a restart, as hashes; `undefined`: in memory only. */
  readonly counters: Pick<Counters, 'add' | 'read'> | undefined;
  /** How long a mark lasts after it was last made. */
  readonly keptMs: number;
  /** Marks in memory; the oldest goes (S-09). */
  readonly rememberedMax: number;
}

/** Keys that were marked within a time, over restarts: known devices, known peers. */
export class LastingMarks {
  readonly #parts: LastingMarksParts;
  /** Key to the monotonic time until which it need not be asked for. */
  readonly #remembered = new Map<string, number>();

  constructor(parts: LastingMarksParts) {
    this.#parts = parts;
  }

  /** In the order of the keys; while the store cannot tell, only what memory holds is known. */
  have(keys: readonly string[]): Awaitable<readonly boolean[]> {
    const remembered = keys.map((key) => this.#remembers(key));
    const { counters } = this.#parts;
    if (counters === undefined || !remembered.includes(false)) return remembered;
    return this.#read(counters, keys, remembered);
  }

  mark(key: string): void {
    if (this.#remembers(key)) return;
    const { counters, clock, keptMs } = this.#parts;
    // Without a store memory is all there is.
    this.#remember(key, counters === undefined ? keptMs : rememberedMs);
    void counters?.add(key, 1, keptMs, clock.now());
  }

  async #read(
    counters: Pick<Counters, 'read'>,
    keys: readonly string[],
    remembered: readonly boolean[],
  ): Promise<readonly boolean[]> {
    const read = await counters.read(keys, this.#parts.clock.now());
    if (!read.ok) return remembered;
    const found = keys.map((_, index) => remembered[index] === true || (read.value[index] ?? 0) > 0);
    for (const [index, key] of keys.entries())
      if (found[index] === true && remembered[index] === false) this.#remember(key, rememberedMs);
    return found;
  }

  #remembers(key: string): boolean {
    return (this.#remembered.get(key) ?? -Infinity) > this.#parts.clock.monotonic();
  }

  #remember(key: string, ms: number): void {
    this.#remembered.delete(key);
    makeRoom(this.#remembered, this.#parts.rememberedMax);
    this.#remembered.set(key, this.#parts.clock.monotonic() + ms);
  }
}
