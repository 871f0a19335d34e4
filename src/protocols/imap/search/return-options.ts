import { formatNumbers } from '../grammar/sequence-set.ts';
import type { Cursor } from '../grammar/cursor.ts';
import { atom, list } from '../grammar/strings.ts';

/** What an ESEARCH tells of its result (RFC 9051 §6.4.4). */
export interface SearchReturnOption {
  readonly name: string;
  readonly provides?: readonly string[];
  /** From the numbers found, ascending; `undefined`: nothing to tell. */
  format(numbers: Uint32Array): string | undefined;
}

export const searchReturnOptions: readonly SearchReturnOption[] = [
  {
    name: 'MIN',
    provides: ['ESEARCH'],
    format: (found) => (found.length === 0 ? undefined : `MIN ${found[0]}`),
  },
  {
    name: 'MAX',
    provides: ['ESEARCH'],
    format: (found) => (found.length === 0 ? undefined : `MAX ${found.at(-1)}`),
  },
  {
    name: 'ALL',
    provides: ['ESEARCH'],
    format: (found) => (found.length === 0 ? undefined : `ALL ${formatNumbers(found)}`),
  },
  { name: 'COUNT', provides: ['ESEARCH'], format: (found) => `COUNT ${found.length}` },
  // Keeps the result as `$`; says nothing.
  { name: 'SAVE', provides: ['SEARCHRES'], format: () => undefined },
];

const byName = new Map(searchReturnOptions.map((option) => [option.name, option]));

/** `"RETURN" SP "(" [option *(SP option)] ")"`; an empty list is ALL (RFC 9051 §6.4.4). */
export function returnOptions(cursor: Cursor): SearchReturnOption[] | undefined {
  if (!cursor.skip('RETURN ')) return undefined;
  const options = list(cursor, { max: 16, empty: true }, (cursor) => {
    const start = cursor.at;
    const option = byName.get(atom(cursor, 'an option').toUpperCase());
    if (option !== undefined) return option;
    cursor.at = start;
    return cursor.fail('one of MIN, MAX, ALL, COUNT, SAVE');
  });
  cursor.space();
  return options.length === 0 ? searchReturnOptions.filter((option) => option.name === 'ALL') : options;
}
