import type { ClientAddress } from '#base/client-address.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { networkRange, spanRange } from './address-range.ts';
import type { AddressRange } from './address-range.ts';
import { RangeRows, RangeTable, rangesMax } from './range-table.ts';

/** Whose network an address lies in, and where. */
export interface NetworkOrigin {
  readonly asn?: number;
  /** ISO 3166: two capital letters. */
  readonly country?: string;
}

/** S-09: pairs of number and country that a table knows. */
const originsMax = 500_000;
/** Of the lines that are no entry, so many in a hundred at most: else it is another kind of file. */
const strangePercentMax = 10;

/**
 * A table of networks with number and country: `network,asn,country`, `first,last,country`, `first,last,asn,name` (as
 * ip-location-db has them) or `first last asn country name` (as iptoasn.com has them), parted by commas or tabs.
 */
export interface NetworkOrigins {
  readonly size: number;
  find(address: ClientAddress): NetworkOrigin | undefined;
  /** Whether any network has one. */
  has(what: keyof NetworkOrigin): boolean;
}

export async function readNetworkOrigins(
  lines: AsyncIterable<readonly string[]>,
): Promise<Result<NetworkOrigins, string>> {
  const rows = new RangeRows();
  const places = new Map<string, number>();
  const origins: NetworkOrigin[] = [];
  let strange = 0;
  let read = 0;
  for await (const some of lines)
    for (const line of some) {
      if (line === '' || line.startsWith('#')) continue;
      read += 1;
      const row = readRow(line);
      if (row === undefined) strange += 1;
      if (row === undefined || row.origin === undefined) continue;
      const key = `${row.origin.asn ?? ''} ${row.origin.country ?? ''}`;
      const place = places.get(key) ?? origins.length;
      if (place === origins.length) {
        if (origins.length >= originsMax) return err(`it has more than ${originsMax} origins`);
        origins.push(row.origin);
        places.set(key, place);
      }
      if (!rows.add(row.range, place)) return err(`it has more than ${rangesMax} networks`);
    }
  // A heading is not strange.
  if ((strange - 1) * 100 > read * strangePercentMax || origins.length === 0)
    return err('it is no table of networks');
  const table = new RangeTable(rows);
  const known = new Set(origins.flatMap((origin) => Object.keys(origin)));
  return ok({
    size: table.size,
    find(address) {
      const place = table.find(address);
      return place === undefined ? undefined : origins[place];
    },
    has: (what) => known.has(what),
  });
}

interface Row {
  readonly range: AddressRange;
  /** `undefined`: nobody’s. */
  readonly origin: NetworkOrigin | undefined;
}

function readRow(line: string): Row | undefined {
  const fields = line
    .split(line.includes('\t') ? '\t' : ',')
    .map((field) => field.trim().replace(/^"(.*)"$/, '$1'));
  const [one = '', two = ''] = fields;
  const isNetwork = one.includes('/');
  const range = isNetwork ? networkRange(one) : spanRange(one, two);
  if (range === undefined) return undefined;
  return { range, origin: originOf(fields.slice(isNetwork ? 1 : 2), isNetwork) };
}

function originOf(fields: readonly string[], isNetwork: boolean): NetworkOrigin | undefined {
  const [one = '', two = '', three] = fields;
  const asn = parseAsn(one);
  // Behind a number stands a country, or a name without one: only the latter comes alone behind a range.
  const hasCountry = asn === undefined || isNetwork || three !== undefined;
  const country = hasCountry ? parseCountry(asn === undefined && one !== '' ? one : two) : undefined;
  if (asn === undefined && country === undefined) return undefined;
  return { ...(asn === undefined ? {} : { asn }), ...(country === undefined ? {} : { country }) };
}

/** `AS64496` or `64496`; 0 is nobody (RFC 7607). */
export function parseAsn(text: string): number | undefined {
  const digits = /^(?:AS)?(\d{1,10})$/i.exec(text)?.[1];
  const asn = Number(digits ?? 0);
  return asn > 0 && asn <= 0xffff_ffff ? asn : undefined;
}

export function parseCountry(text: string): string | undefined {
  return /^[a-z]{2}$/i.test(text) ? text.toUpperCase() : undefined;
}
