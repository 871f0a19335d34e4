import type { Awaitable } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { AnyCheck } from './check.ts';
import type { FactReader } from './fact.ts';
import type { FactName } from './fact-table.ts';
import { noFacts } from './no-facts.ts';

export interface GatheredFactsParts {
  readonly facts: FactReader;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** What takes less is noise in a record. */
const msMin = 0.005;

/** What some checks read: each fact is asked for once for all of them, and it is known how long it took to be there. */
export class GatheredFacts {
  readonly #parts: GatheredFactsParts;
  readonly #found: Record<FactName, unknown> = { ...noFacts };
  readonly #ms = new Map<FactName, number>();

  constructor(parts: GatheredFactsParts) {
    this.#parts = parts;
  }

  /** Finds out what these checks read, all at once; there is nothing to wait for where it is known. */
  gather(checks: readonly AnyCheck[]): Awaitable<this> {
    let waiting: Promise<void>[] | undefined;
    for (const { reads } of checks)
      for (const name of reads) {
        // What is `undefined` is read again, and known there.
        if (this.#found[name] !== undefined) continue;
        const asked = this.#read(name);
        if (asked !== undefined) (waiting ??= []).push(asked);
      }
    return waiting === undefined ? this : Promise.all(waiting).then(() => this);
  }

  #read(name: FactName): Promise<void> | undefined {
    const startMs = this.#parts.clock.monotonic();
    const value: unknown = this.#parts.facts.read(name);
    this.#keep(name, value, startMs);
    return value instanceof Promise
      ? value.then((found: unknown) => this.#keep(name, found, startMs))
      : undefined;
  }

  /** All that was gathered. */
  get found(): Readonly<Record<FactName, unknown>> {
    return this.#found;
  }

  /** How long the last of the facts that a check names took to be there. */
  msOf({ reads }: AnyCheck): number {
    let ms = 0;
    for (const name of reads) ms = Math.max(ms, this.#ms.get(name) ?? 0);
    return ms;
  }

  #keep(name: FactName, value: unknown, startMs: number): void {
    this.#found[name] = value;
    const ms = this.#parts.clock.monotonic() - startMs;
    if (ms >= msMin) this.#ms.set(name, ms);
  }
}
