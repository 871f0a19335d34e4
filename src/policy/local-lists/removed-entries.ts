import type { Clock } from '#platform/clock.ts';
import { entryKey, isEntryLive } from './local-entry.ts';
import type { LocalEntry, LocalSubject } from './local-entry.ts';

/** P-25: what was taken off by hand stays off so long, whatever happens. */
export const removedForMs = 30 * 86_400_000;
/** Of these the oldest goes (S-09). */
export const removedMax = 2_000;

export interface RemovedParts {
  readonly clock: Pick<Clock, 'now'>;
  /** Told of each change, to be kept over a restart. */
  readonly changed: (key: string, entry: LocalEntry | undefined) => void;
}

/** Entries that nobody made by hand and somebody took off: a person knows better than what happened (P-25). */
export class RemovedEntries {
  readonly #parts: RemovedParts;
  readonly #rows = new Map<string, LocalEntry>();

  constructor(parts: RemovedParts) {
    this.#parts = parts;
  }

  restore(key: string, row: LocalEntry): void {
    this.#rows.set(key, row);
  }

  add(entry: LocalEntry): void {
    const nowMs = this.#parts.clock.now();
    const key = entryKey('removed', entry.subject);
    const row = { ...entry, list: 'removed', sinceMs: nowMs, untilMs: nowMs + removedForMs } as const;
    const [oldest] = this.#rows.keys();
    if (oldest !== undefined && this.#rows.size >= removedMax) this.#forget(oldest);
    this.#rows.set(key, row);
    this.#parts.changed(key, row);
  }

  has(subject: LocalSubject): boolean {
    const key = entryKey('removed', subject);
    const row = this.#rows.get(key);
    if (row === undefined) return false;
    if (isEntryLive(row, this.#parts.clock.now())) return true;
    this.#forget(key);
    return false;
  }

  #forget(key: string): void {
    this.#rows.delete(key);
    this.#parts.changed(key, undefined);
  }
}
