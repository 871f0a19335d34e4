import { InFlight } from './in-flight.ts';

/** What is under way, found by a key: of the map that it would otherwise be, only places are in a table of V8's (`InFlight`). */
export class InFlightByKey<T extends object> {
  readonly #items = new InFlight<T>();
  readonly #places = new Map<string, number>();

  get size(): number {
    return this.#items.size;
  }

  get(key: string): T | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#items.at(place);
  }

  /** In the place of what had that key, if anything had it. */
  set(key: string, item: T): void {
    const place = this.#places.get(key);
    if (place === undefined) this.#places.set(key, this.#items.add(item));
    else this.#items.replace(place, item);
  }

  /** Returns what had that key. */
  take(key: string): T | undefined {
    const place = this.#places.get(key);
    const item = place === undefined ? undefined : this.#items.at(place);
    if (place === undefined || item === undefined) return undefined;
    this.#places.delete(key);
    this.#items.remove(place, item);
    return item;
  }
}
