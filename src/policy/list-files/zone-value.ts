import { parseClientAddress } from '#base/client-address.ts';

/** Kinds of answers of one file; beyond it entries are left out (S-09). */
const valuesMax = 1_000;
/** What a file says of entries without a value, when it names none itself. */
const plainValue = '127.0.0.2';

/** Not listed, although a wider entry has it. */
export const excluded = 0;

/** The answers of a zone file by number; 0 is `excluded`. */
export class ZoneValues {
  readonly #values: string[] = [''];
  readonly #places = new Map<string, number>();
  #defaultPlace = 0;

  get(place: number): string | undefined {
    return this.#values[place];
  }

  /** `:2:why`, `:127.0.0.2:why`, or nothing: as is said for those without. `undefined`: it cannot be read. */
  place(text: string): number | undefined {
    if (text === '' || !text.startsWith(':')) return this.#default();
    const value = valueOf(text);
    return value === undefined ? undefined : this.#placeOf(value);
  }

  /** A line of its own: for all entries that follow. */
  setDefault(text: string): boolean {
    const place = this.place(text);
    if (place === undefined) return false;
    this.#defaultPlace = place;
    return true;
  }

  #default(): number | undefined {
    if (this.#defaultPlace === 0) this.#defaultPlace = this.#placeOf(plainValue) ?? 0;
    return this.#defaultPlace === 0 ? undefined : this.#defaultPlace;
  }

  #placeOf(value: string): number | undefined {
    const known = this.#places.get(value);
    if (known !== undefined) return known;
    if (this.#values.length > valuesMax) return undefined;
    const place = this.#values.push(value) - 1;
    this.#places.set(value, place);
    return place;
  }
}

function valueOf(text: string): string | undefined {
  const written = text.slice(1).split(':')[0]?.trim() ?? '';
  if (written === '') return plainValue;
  if (/^\d{1,3}$/.test(written)) return Number(written) <= 255 ? `127.0.0.${Number(written)}` : undefined;
  return written.startsWith('127.') && parseClientAddress(written) !== undefined ? written : undefined;
}
