import { makeRoom } from '#base/make-room.ts';
import { addToWindow, sumOfWindow } from '#store/sliding-window.ts';
import type { SlidingWindow } from '#store/sliding-window.ts';

/** Sliding sums by key in bounded memory: the key that failed longest ago goes first. */
export class FailureWindows {
  readonly #keysMax: number;
  readonly #windows = new Map<string, SlidingWindow>();

  constructor(keysMax: number) {
    this.#keysMax = keysMax;
  }

  count(key: string, nowMs: number): number {
    return sumOfWindow(this.#windows.get(key), nowMs);
  }

  /** @returns the sum with `amount` */
  add(
    key: string,
    added: { readonly amount: number; readonly windowMs: number; readonly nowMs: number },
  ): number {
    const window = addToWindow(this.#windows.get(key), added);
    this.#windows.delete(key);
    makeRoom(this.#windows, this.#keysMax);
    this.#windows.set(key, window);
    return sumOfWindow(window, added.nowMs);
  }

  forget(key: string): void {
    this.#windows.delete(key);
  }
}
