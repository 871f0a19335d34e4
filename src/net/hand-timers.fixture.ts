import type { Timers } from './timers.ts';

/** Timers that a test moves by hand. */
export class HandTimers implements Timers {
  #nowMs = 0;
  #due: { readonly atMs: number; readonly callback: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }

  after(ms: number, callback: () => void): () => void {
    const entry = { atMs: this.#nowMs + ms, callback };
    this.#due.push(entry);
    return () => {
      this.#due = this.#due.filter((other) => other !== entry);
    };
  }

  pass(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const entry = this.#due.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (entry === undefined) break;
      this.#due = this.#due.filter((other) => other !== entry);
      this.#nowMs = entry.atMs;
      entry.callback();
    }
    this.#nowMs = untilMs;
  }

  get waiting(): number {
    return this.#due.length;
  }
}
