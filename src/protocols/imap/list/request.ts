import type { Cursor } from '../grammar/cursor.ts';
import { astring, atom, list, listMailbox } from '../grammar/strings.ts';
import { listPatternCharactersMax, listPatternsMax } from '../limits.ts';
import { listReturnOptions } from './return-options.ts';
import type { ListReturns } from './return-options.ts';
import { listSelectionOptions } from './selection-options.ts';
import type { ListSelectionOption } from './selection-options.ts';

/** A LIST as it was asked (RFC 9051 §6.3.9). Names as on the wire. */
export interface ListRequest {
  readonly reference: string;
  readonly patterns: readonly string[];
  readonly selection: readonly ListSelectionOption[];
  readonly recursive: boolean;
  readonly returns: ListReturns;
}

export function listRequest(cursor: Cursor): ListRequest {
  cursor.space();
  const selection = cursor.peek() === '(' ? selectionOptions(cursor) : [];
  const reference = astring(cursor, 'a reference name');
  cursor.space();
  const patterns =
    cursor.peek() === '(' ? list(cursor, { max: listPatternsMax }, listMailbox) : [listMailbox(cursor)];
  boundPatterns(cursor, reference, patterns);
  const returns = returnOptions(cursor);
  cursor.end();
  const recursive = selection.some((option) => option.name === 'RECURSIVEMATCH');
  return { reference, patterns, selection, recursive, returns };
}

/** What matching costs is the product of names and patterns (S-09). */
export function boundPatterns(cursor: Cursor, reference: string, patterns: readonly string[]): void {
  const characters = patterns.reduce((sum, pattern) => sum + reference.length + pattern.length, 0);
  if (characters > listPatternCharactersMax)
    cursor.fail(`patterns of at most ${listPatternCharactersMax} characters`);
}

function selectionOptions(cursor: Cursor): ListSelectionOption[] {
  const options = list(cursor, { max: 16, empty: true }, (cursor) => named(cursor, listSelectionOptions));
  const recursive = options.some((option) => option.name === 'RECURSIVEMATCH');
  // RFC 9051 §6.3.9.1: RECURSIVEMATCH alone, or with REMOTE only, means nothing.
  if (recursive && !options.some((option) => option.meets !== undefined))
    cursor.fail('an option beside RECURSIVEMATCH');
  cursor.space();
  return options;
}

function returnOptions(cursor: Cursor): ListReturns {
  const returns: ListReturns = { subscribed: false, status: [] };
  if (!cursor.skip(' ')) return returns;
  cursor.expect('RETURN ', 'RETURN');
  list(cursor, { max: 16, empty: true }, (cursor) => named(cursor, listReturnOptions).read(cursor, returns));
  return returns;
}

function named<T extends { readonly name: string }>(cursor: Cursor, rows: readonly T[]): T {
  const start = cursor.at;
  const name = atom(cursor, 'an option').toUpperCase();
  const row = rows.find((row) => row.name === name);
  if (row !== undefined) return row;
  cursor.at = start;
  return cursor.fail(`one of ${rows.map((row) => row.name).join(', ')}`);
}
