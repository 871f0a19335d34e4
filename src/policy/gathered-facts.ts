import type { Awaitable } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { AnyCheck } from './check.ts';
import type { FactReader } from './fact.ts';
import type { FactName } from './fact-table.ts';

export interface GatheredFactsParts {
  readonly facts: FactReader;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** What some checks read: each fact is asked for once for all of them, and it is known how long it took to be there. */
export class GatheredFacts {
  readonly #parts: GatheredFactsParts;
  readonly #found: Partial<Record<FactName, unknown>> = {};
  readonly #ms = new Map<FactName, number>();

  constructor(parts: GatheredFactsParts) {
    this.#parts = parts;
  }

  /** Finds out what these checks read, all at once; there is nothing to wait for where it is known. */
  gather(checks: readonly AnyCheck[]): Awaitable<this> {
    const waiting: Promise<void>[] = [];
    let atMs: number | undefined;
    for (const { reads } of checks)
      for (const name of reads) {
        if (this.#ms.has(name)) continue;
        const startMs = atMs ?? this.#parts.clock.monotonic();
        const value: unknown = this.#parts.facts.read(name);
        atMs = this.#keep(name, value, startMs);
        if (value instanceof Promise)
          waiting.push(value.then((found: unknown) => void this.#keep(name, found, startMs)));
      }
    return waiting.length === 0 ? this : Promise.all(waiting).then(() => this);
  }

  /** All that was gathered; of one that is not there yet, its promise. */
  get found(): Readonly<Partial<Record<FactName, unknown>>> {
    return this.#found;
  }

  /** How long the last of the facts that a check names took to be there. */
  msOf({ reads }: AnyCheck): number {
    let ms = 0;
    for (const name of reads) ms = Math.max(ms, this.#ms.get(name) ?? 0);
    return ms;
  }

  /** @returns the time */
  #keep(name: FactName, value: unknown, startMs: number): number {
    const nowMs = this.#parts.clock.monotonic();
    this.#found[name] = value;
    this.#ms.set(name, nowMs - startMs);
    return nowMs;
  }
}
