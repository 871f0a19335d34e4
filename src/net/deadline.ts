import type { Timers } from './timers.ts';

/** Shorter than most deadlines: a timer that is set no further ahead serves for the next one too, also a nearer one. */
const aheadMsMax = 2 * 60_000;

/**
 * One timer for a deadline that moves with every command: pushing it out costs a comparison, the timer
 * itself is set again only when it fires early or the deadline comes nearer than that.
 */
export class Deadline {
  readonly #timers: Timers;
  readonly #reached: () => void;
  #atMs = Infinity;
  #firesAtMs = Infinity;
  #cancel: (() => void) | undefined;

  constructor(timers: Timers, reached: () => void) {
    this.#timers = timers;
    this.#reached = reached;
  }

  set(ms: number): void {
    this.#atMs = this.#timers.now() + ms;
    if (this.#atMs < this.#firesAtMs) this.#arm(ms);
  }

  /** No deadline for now; a timer under way fires into the void. */
  lift(): void {
    this.#atMs = Infinity;
  }

  /** For good. */
  end(): void {
    this.lift();
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #arm(ms: number): void {
    this.#cancel?.();
    const inMs = Math.min(ms, aheadMsMax);
    this.#firesAtMs = this.#timers.now() + inMs;
    this.#cancel = this.#timers.after(inMs, () => this.#fired());
  }

  #fired(): void {
    this.#firesAtMs = Infinity;
    this.#cancel = undefined;
    if (this.#atMs === Infinity) return;
    const leftMs = this.#atMs - this.#timers.now();
    if (leftMs > 1) this.#arm(leftMs);
    else {
      this.#atMs = Infinity;
      this.#reached();
    }
  }
}
