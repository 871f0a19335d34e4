import type { SectionText } from '#mail/part-path.ts';
import type { Cursor } from '../grammar/cursor.ts';
import { astring, isDigit, list, nonZeroNumber, number64 } from '../grammar/strings.ts';
import { fetchItemsMax } from '../limits.ts';
import { wireMailbox } from '../response/wire.ts';

/** `section` (RFC 9051 §9): which bytes of a message. */
export interface Section {
  /** Part numbers from the outside in; empty: the message itself. */
  readonly path: readonly number[];
  /** `undefined`: all of it. */
  readonly text: SectionText | FieldChoice | undefined;
  /** As it is told back, brackets included. */
  readonly label: string;
}

export interface FieldChoice {
  readonly fields: ReadonlySet<string>;
  readonly except: boolean;
}

/** `<origin.count>`. */
export interface Partial {
  readonly origin: number;
  readonly count: number;
}

/** Deeper than any structure the parser makes. */
const pathLengthMax = 100;

export function section(cursor: Cursor): Section {
  cursor.expect('[');
  const path = sectionPath(cursor);
  const text = cursor.peek() === ']' ? undefined : sectionText(cursor, path);
  const label = typeof text === 'object' ? fieldsLabel(text) : (text ?? '');
  cursor.expect(']');
  const dot = path.length > 0 && label !== '' ? '.' : '';
  return { path, text, label: `[${path.join('.')}${dot}${label}]` };
}

/** `section-binary = "[" [section-part] "]"`. */
export function sectionBinary(cursor: Cursor): Section {
  cursor.expect('[');
  const path = sectionPath(cursor);
  cursor.expect(']');
  return { path, text: undefined, label: `[${path.join('.')}]` };
}

/** `partial = "<" number64 "." nz-number64 ">"`. */
export function partial(cursor: Cursor): Partial | undefined {
  if (!cursor.skip('<')) return undefined;
  const origin = number64(cursor, 'the first octet');
  cursor.expect('.');
  const start = cursor.at;
  const count = number64(cursor, 'a number of octets');
  if (count === 0) {
    cursor.at = start;
    cursor.fail('a number above zero');
  }
  cursor.expect('>');
  return { origin, count };
}

function sectionPath(cursor: Cursor): number[] {
  const path: number[] = [];
  while (isDigit(cursor.peek().charCodeAt(0))) {
    if (path.length >= pathLengthMax) cursor.fail('the end of the part number');
    path.push(nonZeroNumber(cursor, 'a part number'));
    if (!cursor.skip('.')) break;
    if (cursor.peek() === ']') cursor.fail('a part number or HEADER, TEXT or MIME');
  }
  return path;
}

function sectionText(cursor: Cursor, path: readonly number[]): Section['text'] {
  if (cursor.skip('HEADER.FIELDS.NOT ')) return fields(cursor, true);
  if (cursor.skip('HEADER.FIELDS ')) return fields(cursor, false);
  if (cursor.skip('HEADER')) return 'HEADER';
  if (cursor.skip('TEXT')) return 'TEXT';
  if (path.length > 0 && cursor.skip('MIME')) return 'MIME';
  return cursor.fail('a section such as HEADER, TEXT or 1.2');
}

function fields(cursor: Cursor, except: boolean): FieldChoice {
  const names = list(cursor, { max: fetchItemsMax, what: 'a list of field names' }, (cursor) =>
    astring(cursor, 'a field name'),
  );
  return { fields: new Set(names), except };
}

function fieldsLabel(choice: FieldChoice): string {
  const names = [...choice.fields].map(wireMailbox).join(' ');
  return `HEADER.FIELDS${choice.except ? '.NOT' : ''} (${names})`;
}
