const slices = 16;

/**
 * How many in the last `windowMs`, right to a sixteenth of them when they come evenly (P-31 asks for
 * ±10 %): the oldest slice counts by the part of it that is still inside. Fixed size.
 */
export class SlidingCount {
  readonly #sliceMs: number;
  readonly #counts = new Uint32Array(slices + 1);
  #slice = 0;
  #sum = 0;

  constructor(windowMs: number) {
    this.#sliceMs = windowMs / slices;
  }

  /** Counts one more and says how many there are now. */
  add(nowMs: number): number {
    this.#moveTo(Math.floor(nowMs / this.#sliceMs));
    const at = this.#slice % this.#counts.length;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += 1;
    return this.#total(nowMs);
  }

  read(nowMs: number): number {
    this.#moveTo(Math.floor(nowMs / this.#sliceMs));
    return this.#total(nowMs);
  }

  #total(nowMs: number): number {
    const oldest = this.#counts[(this.#slice + 1) % this.#counts.length] ?? 0;
    const passed = nowMs / this.#sliceMs - this.#slice;
    return this.#sum - oldest * passed;
  }

  #moveTo(slice: number): void {
    const steps = Math.min(slice - this.#slice, this.#counts.length);
    if (steps <= 0) return;
    for (let step = 1; step <= steps; step += 1) {
      const at = (slice - steps + step) % this.#counts.length;
      this.#sum -= this.#counts[at] ?? 0;
      this.#counts[at] = 0;
    }
    this.#slice = slice;
  }
}
