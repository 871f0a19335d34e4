import { makeRoom } from '#base/make-room.ts';
import type { Clock } from '#platform/clock.ts';

/** Answers for a time, and what is being asked just now, so that nothing is asked twice at once. */
export class AnswerCache<T> {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #entriesMax: number;
  readonly #kept = new Map<string, { readonly answer: T; readonly untilMs: number }>();
  readonly #asking = new Map<string, Promise<T>>();

  constructor(clock: Pick<Clock, 'monotonic'>, entriesMax: number) {
    this.#clock = clock;
    this.#entriesMax = entriesMax;
  }

  /** What is known still. */
  get(key: string): T | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    if (kept.untilMs > this.#clock.monotonic()) return kept.answer;
    this.#kept.delete(key);
    return undefined;
  }

  keep(key: string, answer: T, forMs: number): void {
    this.#kept.delete(key);
    makeRoom(this.#kept, this.#entriesMax);
    this.#kept.set(key, { answer, untilMs: this.#clock.monotonic() + forMs });
  }

  /** One question for all who want the same at once; `ask` keeps what is worth it. */
  once(key: string, ask: () => Promise<T>): Promise<T> {
    const running = this.#asking.get(key);
    if (running !== undefined) return running;
    const asked = ask().finally(() => this.#asking.delete(key));
    this.#asking.set(key, asked);
    return asked;
  }
}
