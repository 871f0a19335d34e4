import type { Awaitable } from '#base/result.ts';
import type { Fact, FactReader } from './fact.ts';
import type { FactSources } from './fact-sources.ts';
import type { FactName, FactTable } from './fact-table.ts';
import { findFact } from './facts.ts';

/** The facts of one message: each is found out when it is first asked for, and never again. */
export class FactBook implements FactReader {
  readonly #values = new Map<FactName, unknown>();
  readonly #found = new Set<FactName>();
  readonly #unrecorded = new Map<FactName, unknown>();
  #sources: FactSources;

  constructor(sources: FactSources) {
    this.#sources = sources;
  }

  /** The transaction went on, and more can be known. What is known stays. */
  advance(more: Partial<FactSources>): void {
    this.#sources = { ...this.#sources, ...more };
  }

  read<N extends FactName>(name: N): Awaitable<FactTable[N]> {
    const known = this.#values.get(name);
    // Some are `undefined`: that is a value too.
    if (known !== undefined || this.#values.has(name)) return known as Awaitable<FactTable[N]>;
    const fact: Fact<N> = findFact(name);
    const { ofNobody } = fact;
    const isOfNobody = this.#sources.isClientUnknown === true && ofNobody !== undefined;
    const value = isOfNobody ? ofNobody(this.#sources) : fact.compute(this.#sources, this);
    this.#values.set(name, value);
    if (value instanceof Promise) void value.then((found) => this.#settle(name, value, found), ignore);
    else this.#keep(name, value);
    return value;
  }

  /** It was found out: reading it asks nobody any more. */
  has(name: FactName): boolean {
    return this.#found.has(name);
  }

  /** How many recipients were accepted, once the message is whole. */
  advanceRecipients(recipients: number): void {
    const { message } = this.#sources;
    if (message !== undefined) this.advance({ message: { ...message, recipients } });
  }

  /** Asks for it anew the next time: for what changes from recipient to recipient. */
  forget(name: FactName): void {
    this.#values.delete(name);
  }

  /** What was found out since this was last asked, by name, as the record keeps it. */
  *recorded(): Iterable<readonly [name: FactName, value: unknown]> {
    for (const [name, value] of this.#unrecorded) {
      const { record } = findFact(name);
      const kept = record === undefined ? value : record(value as never);
      if (kept !== undefined) yield [name, kept];
    }
    this.#unrecorded.clear();
  }

  #keep(name: FactName, value: unknown): void {
    this.#found.add(name);
    this.#unrecorded.set(name, value);
  }

  /** From now on it is there at once: most checks read what others asked for before. */
  #settle(name: FactName, asked: unknown, found: unknown): void {
    this.#keep(name, found);
    if (this.#values.get(name) === asked) this.#values.set(name, found);
  }
}

/** Whoever asked hears of it. */
function ignore(): void {}
