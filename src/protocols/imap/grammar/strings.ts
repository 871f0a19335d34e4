import { Buffer } from 'node:buffer';
import type { Cursor } from './cursor.ts';

/** Character classes of RFC 9051 §9, by code. Strings hold one byte per character. */

/** `ATOM-CHAR`: any CHAR except atom-specials. */
export function isAtomCharacter(code: number): boolean {
  // ( ) { SP CTL % * " \ ]
  if (code <= 0x20 || code >= 0x7f) return false;
  return !'(){%*"\\]'.includes(String.fromCharCode(code));
}

/** `ASTRING-CHAR = ATOM-CHAR / resp-specials`. */
export function isAstringCharacter(code: number): boolean {
  return isAtomCharacter(code) || code === 0x5d;
}

/** `list-char = ATOM-CHAR / list-wildcards / resp-specials`. */
export function isListCharacter(code: number): boolean {
  return isAstringCharacter(code) || code === 0x25 || code === 0x2a;
}

/** `tag = 1*<any ASTRING-CHAR except "+">`. */
export function isTagCharacter(code: number): boolean {
  return code !== 0x2b && isAstringCharacter(code);
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function atom(cursor: Cursor, what = 'an atom'): string {
  const text = cursor.run(isAtomCharacter);
  return text === '' ? cursor.fail(what) : text;
}

/** `number`: unsigned 32-bit (RFC 9051 §9); larger ones are refused, not cut. */
export function number(cursor: Cursor, what = 'a number'): number {
  return bounded(cursor, what, 0xffff_ffff);
}

/** `number64`: unsigned 63-bit; what a double cannot hold exactly is refused. */
export function number64(cursor: Cursor, what = 'a number'): number {
  return bounded(cursor, what, Number.MAX_SAFE_INTEGER);
}

export function nonZeroNumber(cursor: Cursor, what = 'a number above zero'): number {
  const start = cursor.at;
  const value = number(cursor, what);
  if (value > 0) return value;
  cursor.at = start;
  return cursor.fail(what);
}

function bounded(cursor: Cursor, what: string, max: number): number {
  const start = cursor.at;
  const digits = cursor.run(isDigit);
  const value = digits === '' || digits.length > 20 ? Number.NaN : Number(digits);
  if (value <= max) return value;
  cursor.at = start;
  return cursor.fail(what);
}

/** `string = quoted / literal`; bytes as characters. */
export function string(cursor: Cursor, what = 'a string'): string {
  if (cursor.peek() === '"') return quoted(cursor);
  if (cursor.peek() === '{' || (cursor.peek() === '~' && cursor.peek(1) === '{')) {
    return Buffer.from(cursor.literal().bytes).toString('latin1');
  }
  return cursor.fail(what);
}

/** `astring = 1*ASTRING-CHAR / string`. */
export function astring(cursor: Cursor, what = 'a string'): string {
  const text = cursor.run(isAstringCharacter);
  return text === '' ? string(cursor, what) : text;
}

/** `nstring = string / nil`. */
export function nstring(cursor: Cursor): string | undefined {
  return cursor.skip('NIL') ? undefined : string(cursor);
}

/** `list-mailbox = 1*list-char / string`. */
export function listMailbox(cursor: Cursor): string {
  const text = cursor.run(isListCharacter);
  return text === '' ? string(cursor, 'a mailbox pattern') : text;
}

/** `quoted`: only `"` and `\` may be escaped; 8-bit characters are UTF-8 (RFC 9051 §9 QUOTED-CHAR). */
function quoted(cursor: Cursor): string {
  cursor.at += 1;
  let text = '';
  for (;;) {
    text += cursor.run(isPlainQuoted);
    if (cursor.skip('"')) return text;
    const escaped = cursor.peek(1);
    if (cursor.peek() !== '\\' || (escaped !== '"' && escaped !== '\\'))
      return cursor.fail('the closing quote');
    text += escaped;
    cursor.at += 2;
  }
}

function isPlainQuoted(code: number): boolean {
  return code !== 0x22 && code !== 0x5c && code !== 0x0d && code !== 0x0a && code !== 0;
}

/** `"(" item *(SP item) ")"`; with `empty` the list may hold nothing. */
export function list<T>(
  cursor: Cursor,
  options: { readonly max: number; readonly empty?: boolean; readonly what?: string },
  item: (cursor: Cursor) => T,
): T[] {
  cursor.expect('(', options.what ?? 'a list in parentheses');
  const items: T[] = [];
  if (options.empty === true && cursor.skip(')')) return items;
  for (;;) {
    if (items.length >= options.max) cursor.fail(`at most ${options.max} items`);
    items.push(item(cursor));
    if (cursor.skip(')')) return items;
    cursor.space();
  }
}
