import { addToWindow, sumOfWindow } from '#store/sliding-window.ts';
import type { SlidingWindow } from '#store/sliding-window.ts';

/** Sliding sums by key in bounded memory: the key that failed longest ago goes first. */
export class FailureWindows {
  readonly #windowMs: number;
  readonly #keysMax: number;
  readonly #windows = new Map<string, SlidingWindow>();

  constructor(limits: { readonly windowMs: number; readonly keysMax: number }) {
    this.#windowMs = limits.windowMs;
    this.#keysMax = limits.keysMax;
  }

  count(key: string, nowMs: number): number {
    return sumOfWindow(this.#windows.get(key), nowMs);
  }

  add(key: string, nowMs: number): number {
    const window = addToWindow(this.#windows.get(key), { amount: 1, windowMs: this.#windowMs, nowMs });
    this.#windows.delete(key);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size >= this.#keysMax && oldest !== undefined) this.#windows.delete(oldest);
    this.#windows.set(key, window);
    return sumOfWindow(window, nowMs);
  }
}
