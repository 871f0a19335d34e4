import { latin1Text } from './octets.ts';

/** One field of a header block. Offsets count from the start of the block; ends are exclusive. */
export interface HeaderField {
  /** Lower case, without white space before the colon (RFC 5322 §4.5 allows it). */
  readonly name: string;
  readonly start: number;
  /** After the line break that ends the field. */
  readonly end: number;
  /** After the colon. */
  readonly valueStart: number;
}

/** A header block taken apart: its bytes as latin1 characters, so that offsets are the same in both. */
export interface HeaderBlock {
  readonly text: string;
  readonly fields: readonly HeaderField[];
  /** First byte after the blank line, or the size of the block when there is none. */
  readonly bodyStart: number;
}

/** More fields than this are not listed; a header of 256 KiB with honest fields stays far below. */
export const headerFieldsMax = 10_000;

const lf = 10;
const cr = 13;
const space = 32;
const tab = 9;
const colonCode = 58;

/**
 * Takes a header block apart in one pass: fields with their byte ranges up to the first blank line. CR LF and LF end
 * a line, a line that begins with white space goes on, a line that is no field is skipped. Never throws.
 */
export function splitHeader(bytes: Uint8Array): HeaderBlock {
  return splitHeaderText(latin1Text(bytes));
}

/** The same for bytes that are latin1 characters already. */
export function splitHeaderText(text: string): HeaderBlock {
  const fields: HeaderField[] = [];
  let start = 0;
  while (start < text.length) {
    const lineEnd = endOfLine(text, start);
    if (isBlank(text, start)) return { text, fields, bodyStart: lineEnd };
    const end = endOfField(text, lineEnd);
    const field = readField(text, start, end);
    if (field !== undefined && fields.length < headerFieldsMax) fields.push(field);
    start = end;
  }
  return { text, fields, bodyStart: text.length };
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at + 1;
}

function isBlank(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  return c === lf || (c === cr && text.charCodeAt(at + 1) === lf);
}

function endOfField(text: string, from: number): number {
  let end = from;
  while (end < text.length) {
    const c = text.charCodeAt(end);
    if (c !== space && c !== tab) break;
    end = endOfLine(text, end);
  }
  return end;
}

function readField(text: string, start: number, end: number): HeaderField | undefined {
  const colon = colonIn(text, start, end);
  if (colon <= start) return undefined;
  let nameEnd = colon;
  while (nameEnd > start && isWsp(text.charCodeAt(nameEnd - 1))) nameEnd -= 1;
  if (!isFieldName(text, start, nameEnd)) return undefined;
  return { name: text.slice(start, nameEnd).toLowerCase(), start, end, valueStart: colon + 1 };
}

/** Looks no further than the field: in a header without colons each line would look through all that follow. */
function colonIn(text: string, start: number, end: number): number {
  for (let i = start; i < end; i += 1) {
    const c = text.charCodeAt(i);
    if (c === colonCode) return i;
    if (c === lf) break;
  }
  return -1;
}

/** RFC 5322 §3.6.8 `ftext`: printable ASCII but the colon. */
function isFieldName(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i += 1) {
    const c = text.charCodeAt(i);
    if (c <= space || c >= 127) return false;
  }
  return end > start;
}

function isWsp(c: number): boolean {
  return c === space || c === tab;
}

/** The value as it stands, folding included, without the line break at its end. */
export function foldedValue(block: HeaderBlock, field: HeaderField): string {
  let end = field.end;
  if (end > field.valueStart && block.text.charCodeAt(end - 1) === lf) end -= 1;
  if (end > field.valueStart && block.text.charCodeAt(end - 1) === cr) end -= 1;
  return block.text.slice(field.valueStart, end);
}

/** The value on one line (RFC 5322 §2.2.3) without white space at its ends; latin1 characters, encoded words untouched. */
export function unfoldedValue(block: HeaderBlock, field: HeaderField): string {
  return unfold(foldedValue(block, field)).trim();
}

/** Takes out the line breaks of folding; what is left of bare CR, LF and NUL becomes a space, so that one line stays one. */
export function unfold(text: string): string {
  if (!breakPattern.test(text)) return text;
  return text.replaceAll(/\r?\n(?=[ \t])/g, '').replaceAll(/[\r\n\0]+/g, ' ');
}

const breakPattern = /[\r\n\0]/;

/** The first field of that name (lower case). */
export function findField(block: HeaderBlock, name: string): HeaderField | undefined {
  for (const field of block.fields) if (field.name === name) return field;
  return undefined;
}

export function findFields(block: HeaderBlock, name: string): readonly HeaderField[] {
  return block.fields.filter((field) => field.name === name);
}

/** The first value of that name on one line, or `undefined`. */
export function headerValue(block: HeaderBlock, name: string): string | undefined {
  const field = findField(block, name);
  return field === undefined ? undefined : unfoldedValue(block, field);
}
