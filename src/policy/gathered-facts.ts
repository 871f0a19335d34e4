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
  readonly #values = new Map<FactName, unknown>();
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
        if (this.#values.has(name)) continue;
        const startMs = atMs ?? this.#parts.clock.monotonic();
        const value: unknown = this.#parts.facts.read(name);
        atMs = this.#keep(name, value, startMs);
        if (value instanceof Promise)
          waiting.push(value.then((found: unknown) => void this.#keep(name, found, startMs)));
      }
    return waiting.length === 0 ? this : Promise.all(waiting).then(() => this);
  }

  /** Exactly the facts that a check names, when all are there, and how long the last of them took. */
  of({ reads }: AnyCheck): { readonly facts: Readonly<Record<string, unknown>>; readonly ms: number } {
    const facts: Record<string, unknown> = {};
    let ms = 0;
    for (const name of reads) {
      facts[name] = this.#values.get(name);
      ms = Math.max(ms, this.#ms.get(name) ?? 0);
    }
    return { facts, ms };
  }

  /** @returns the time */
  #keep(name: FactName, value: unknown, startMs: number): number {
    const nowMs = this.#parts.clock.monotonic();
    this.#values.set(name, value);
    this.#ms.set(name, nowMs - startMs);
    return nowMs;
  }
}
