import type { ClientAddress } from '#base/client-address.ts';
import { addressNumber } from './address-range.ts';
import type { AddressRange } from './address-range.ts';

/** S-09: ranges of one table; the whole routing table of the Internet has about 700,000. */
export const rangesMax = 2_000_000;

/** Ranges of addresses, each with a small number; sorted arrays without an object for each. */
export class RangeTable {
  readonly #ipv4: SortedRanges;
  readonly #ipv6: SortedRanges;

  constructor(rows: RangeRows) {
    this.#ipv4 = sortedRanges(rows.ipv4);
    this.#ipv6 = sortedRanges(rows.ipv6);
  }

  get size(): number {
    return this.#ipv4.firsts.length + this.#ipv6.firsts.length;
  }

  /** The number of the narrowest range that holds the address. */
  find(address: ClientAddress): number | undefined {
    const { ipv6, number } = addressNumber(address);
    return findIn(ipv6 ? this.#ipv6 : this.#ipv4, number);
  }
}

interface Columns {
  readonly firsts: bigint[];
  readonly lasts: bigint[];
  readonly values: number[];
  /** Each begins behind the end of the one before, as in the files that are meant here: nothing has to be sorted. */
  isOrdered: boolean;
}

/** Gathers ranges; `false` when there is no room for more. */
export class RangeRows {
  readonly ipv4: Columns = noRanges();
  readonly ipv6: Columns = noRanges();

  add({ ipv6, first, last }: AddressRange, value: number): boolean {
    if (this.ipv4.firsts.length + this.ipv6.firsts.length >= rangesMax) return false;
    const columns = ipv6 ? this.ipv6 : this.ipv4;
    const { firsts, lasts, values } = columns;
    columns.isOrdered &&= first > (lasts.at(-1) ?? -1n);
    firsts.push(first);
    lasts.push(last);
    values.push(value);
    return true;
  }
}

function noRanges(): Columns {
  return { firsts: [], lasts: [], values: [], isOrdered: true };
}

interface SortedRanges {
  readonly firsts: BigUint64Array;
  readonly lasts: BigUint64Array;
  readonly values: Uint32Array;
}

function sortedRanges(rows: Columns): SortedRanges {
  if (rows.isOrdered) return packed(rows);
  const places = rows.firsts.map((_, index) => index);
  const at = (column: readonly bigint[], place: number): bigint => column[place] ?? 0n;
  places.sort((a, b) => {
    const [x, y] = [at(rows.firsts, a), at(rows.firsts, b)];
    if (x !== y) return x < y ? -1 : 1;
    const [widerFirst, other] = [at(rows.lasts, b), at(rows.lasts, a)];
    // Of two of the same width the one that was written last holds.
    return widerFirst === other ? a - b : widerFirst < other ? -1 : 1;
  });
  return disjoint(places, rows);
}

/** Of ranges that lie in others, the narrower holds where it is: cut into pieces that do not overlap. */
function disjoint(places: readonly number[], rows: Columns): SortedRanges {
  const firsts: bigint[] = [];
  const lasts: bigint[] = [];
  const values: number[] = [];
  const open: { readonly last: bigint; readonly value: number }[] = [];
  let from = 0n;
  const close = (until: bigint): void => {
    const top = open.at(-1);
    if (top === undefined || from > until) return;
    firsts.push(from);
    lasts.push(until);
    values.push(top.value);
    from = until + 1n;
  };
  for (const place of places) {
    const first = rows.firsts[place] ?? 0n;
    for (let top = open.at(-1); top !== undefined && top.last < first; top = open.at(-1)) {
      close(top.last);
      open.pop();
    }
    if (first > 0n) close(first - 1n);
    from = first;
    open.push({ last: rows.lasts[place] ?? 0n, value: rows.values[place] ?? 0 });
  }
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    close(top.last);
    open.pop();
  }
  return packed({ firsts, lasts, values });
}

function packed({ firsts, lasts, values }: Omit<Columns, 'isOrdered'>): SortedRanges {
  return {
    firsts: BigUint64Array.from(firsts),
    lasts: BigUint64Array.from(lasts),
    values: Uint32Array.from(values),
  };
}

function findIn({ firsts, lasts, values }: SortedRanges, number: bigint): number | undefined {
  let low = 0;
  let high = firsts.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if ((firsts[middle] ?? 0n) > number) high = middle - 1;
    else if ((lasts[middle] ?? 0n) < number) low = middle + 1;
    else return values[middle];
  }
  return undefined;
}
