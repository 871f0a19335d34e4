/**
 * What is under way: things that come and go by the thousand, found again by the place they got. A `Set` or `Map` of them
 * would do, but for how V8 keeps those: every few dozen changes such a table is replaced, the one before holds what was in
 * it then and points to the next, and once one of them has grown old, all that were ever in them outlive each collection
 * but that of the whole heap. In a loop of such a map collecting took seven times as long. By a key: `InFlightByKey`.
 */
export class InFlight<T extends object> implements Iterable<T> {
  readonly #items: (T | undefined)[] = [];
  /** Places to be had again. */
  readonly #free: number[] = [];

  get size(): number {
    return this.#items.length - this.#free.length;
  }

  /** Returns its place, from 0, which is its own until it is removed. */
  add(item: T): number {
    const place = this.#free.pop() ?? this.#items.length;
    this.#items[place] = item;
    return place;
  }

  at(place: number): T | undefined {
    return this.#items[place];
  }

  replace(place: number, item: T): void {
    if (this.#items[place] === undefined) throw new Error(`nothing is at place ${String(place)}`);
    this.#items[place] = item;
  }

  /** Nothing happens when it has been removed before, and the place may be another's. */
  remove(place: number, item: T): void {
    if (this.#items[place] !== item) return;
    this.#items[place] = undefined;
    this.#free.push(place);
  }

  /** In no order; what comes or goes meanwhile may be left out. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (const item of this.#items) if (item !== undefined) yield item;
  }
}
