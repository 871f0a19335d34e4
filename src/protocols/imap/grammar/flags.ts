import { systemFlags } from '#store/contract/messages.ts';
import { flagsMax, keywordCharactersMax } from '../limits.ts';
import type { Cursor } from './cursor.ts';
import { atom, list } from './strings.ts';

const canonical = new Map(Object.keys(systemFlags).map((name) => [name.toUpperCase(), name]));

/** `flag` (RFC 9051 §9): a system flag in its usual spelling, or a keyword. \Recent is nobody's to set. */
export function flag(cursor: Cursor): string {
  if (!cursor.skip('\\')) return keyword(cursor);
  const start = cursor.at - 1;
  const name = canonical.get(`\\${atom(cursor, 'a flag').toUpperCase()}`);
  if (name !== undefined) return name;
  cursor.at = start;
  return cursor.fail('one of the flags \\Seen, \\Answered, \\Flagged, \\Deleted, \\Draft or a keyword');
}

function keyword(cursor: Cursor): string {
  const start = cursor.at;
  const name = atom(cursor, 'a flag');
  if (name.length <= keywordCharactersMax) return name;
  cursor.at = start;
  return cursor.fail(`a keyword of at most ${keywordCharactersMax} characters`);
}

/** `flag-list`. */
export function flagList(cursor: Cursor): string[] {
  return list(cursor, { max: flagsMax, empty: true, what: 'a list of flags' }, flag);
}

/** STORE takes its flags with or without parentheses (RFC 9051 §9 store-att-flags). */
export function storeFlags(cursor: Cursor): string[] {
  if (cursor.peek() === '(') return flagList(cursor);
  const flags = [flag(cursor)];
  while (cursor.skip(' ')) {
    if (flags.length >= flagsMax) cursor.fail('the end of the flags');
    flags.push(flag(cursor));
  }
  return flags;
}
