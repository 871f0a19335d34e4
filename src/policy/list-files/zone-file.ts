import { parseClientAddress } from '#base/client-address.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { parseDomain } from '#mail/domain.ts';
import { networkRange, spanRange } from './address-range.ts';
import type { AddressRange } from './address-range.ts';
import { RangeRows, RangeTable, rangesMax } from './range-table.ts';
import { excluded, ZoneValues } from './zone-value.ts';

/** S-09: domains of one file. */
export const zoneDomainsMax = 1_000_000;

/** Of the lines that are no entry, so many in a hundred at most: else it is another kind of file. */
const strangePercentMax = 10;

export type ZoneFileKind = 'addresses' | 'domains';

/** A zone of a list as a file of rbldnsd has it. */
export interface ZoneFile {
  readonly size: number;
  /** The answer for an address or a domain; `undefined`: it is not listed. */
  find(subject: string): string | undefined;
}

/**
 * Reads a data set of rbldnsd: `ip4set`, `ip4trie`, `ip6trie` and `ip6tset` for addresses, `dnset` for domains, with
 * values, defaults and exclusions. Lines with `$` and comments are passed over.
 */
export async function readZoneFile(
  lines: AsyncIterable<readonly string[]>,
  kind: ZoneFileKind,
): Promise<Result<ZoneFile, string>> {
  const values = new ZoneValues();
  const set = kind === 'addresses' ? new AddressEntries(values) : new DomainEntries(values);
  let strange = 0;
  let read = 0;
  for await (const some of lines)
    for (const line of some) {
      if (line === '' || /^[#;$]/.test(line)) continue;
      read += 1;
      const taken = line.startsWith(':') ? values.setDefault(line) : takeEntry(line, values, set);
      if (taken === 'full') return err(`it has more than ${set.entriesMax} entries`);
      if (!taken) strange += 1;
    }
  if (read === 0) return err('it is empty');
  if (strange * 100 > read * strangePercentMax) return err('it is no data set of rbldnsd');
  return ok(set.done());
}

interface Entries {
  readonly entriesMax: number;
  /** `false`: it is no entry. */
  add(subject: string, place: number): boolean | 'full';
  done(): ZoneFile;
}

function takeEntry(line: string, values: ZoneValues, set: Entries): boolean | 'full' {
  const isExcluded = line.startsWith('!');
  const [subject = '', ...rest] = line
    .slice(isExcluded ? 1 : 0)
    .trim()
    .split(/\s+/);
  const place = isExcluded ? excluded : values.place(rest.join(' '));
  return place === undefined ? false : set.add(subject, place);
}

class AddressEntries implements Entries {
  readonly entriesMax = rangesMax;
  readonly #rows = new RangeRows();
  readonly #values: ZoneValues;

  constructor(values: ZoneValues) {
    this.#values = values;
  }

  add(subject: string, place: number): boolean | 'full' {
    const range = entryRange(subject);
    if (range === undefined) return false;
    return this.#rows.add(range, place) ? true : 'full';
  }

  done(): ZoneFile {
    const table = new RangeTable(this.#rows);
    const values = this.#values;
    return {
      size: table.size,
      find(subject) {
        const address = parseClientAddress(subject);
        const place = address === undefined ? undefined : table.find(address);
        return place === undefined || place === excluded ? undefined : values.get(place);
      },
    };
  }
}

/** `192.0.2`, `192.0.2.0/24`, `192.0.2.1-9`, `192.0.2.1-192.0.2.9`, `192.0.2.1`, `2001:db8::/32`. */
function entryRange(subject: string): AddressRange | undefined {
  const [from = '', to, more] = subject.split('-');
  if (more !== undefined) return undefined;
  if (to !== undefined) {
    const last = /^\d{1,3}$/.test(to) ? from.replace(/\d+$/, to) : to;
    return spanRange(from, last);
  }
  const octets = /^(\d{1,3}(?:\.\d{1,3}){0,2})(\/\d+)?$/.exec(from);
  if (octets === null || from.includes(':')) return networkRange(from);
  const given = (octets[1] ?? '').split('.');
  const bits = octets[2] ?? `/${given.length * 8}`;
  return networkRange(`${[...given, '0', '0', '0'].slice(0, 4).join('.')}${bits}`);
}

class DomainEntries implements Entries {
  readonly entriesMax = zoneDomainsMax;
  readonly #values: ZoneValues;
  readonly #exact = new Map<string, number>();
  /** And all that lies below. */
  readonly #below = new Map<string, number>();

  constructor(values: ZoneValues) {
    this.#values = values;
  }

  add(subject: string, place: number): boolean | 'full' {
    const isBelow = subject.startsWith('*.');
    const isBoth = subject.startsWith('.');
    const name = parseDomain(isBelow ? subject.slice(2) : isBoth ? subject.slice(1) : subject);
    if (!name.ok) return false;
    if (this.#exact.size + this.#below.size >= zoneDomainsMax) return 'full';
    if (!isBelow) this.#exact.set(name.value, place);
    if (isBelow || isBoth) this.#below.set(name.value, place);
    return true;
  }

  done(): ZoneFile {
    return { size: this.#exact.size + this.#below.size, find: (subject) => this.#find(subject) };
  }

  #find(subject: string): string | undefined {
    let place = this.#exact.get(subject);
    for (let name = subject; place === undefined && name.includes('.');) {
      name = name.slice(name.indexOf('.') + 1);
      place = this.#below.get(name);
    }
    return place === undefined || place === excluded ? undefined : this.#values.get(place);
  }
}
