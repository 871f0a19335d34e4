import { decodeCharset } from './charset.ts';
import { decodeEncodedWords, decodeRaw } from './encoded-word.ts';
import { skipCfws } from './cfws.ts';

export type Parameter = readonly [name: string, value: string];

/** `type/subtype; name=value`: Content-Type, Content-Disposition and their kin. */
export interface ParameterizedValue {
  /** What stands before the first semicolon, comments taken off, lower case. */
  readonly value: string;
  readonly parameters: readonly Parameter[];
}

/** A header field has fewer; RFC 2231 continuations count one by one. */
export const parametersMax = 200;
/** No name or decoded value is kept longer, in characters. */
export const parameterCharsMax = 8192;

interface RawParameter {
  readonly name: string;
  readonly value: string;
}

/**
 * Reads a value with parameters (RFC 2045 §5.1, RFC 2183, RFC 2231), and the broken forms of the wild: missing quotes
 * around spaces, encoded words, raw 8-bit bytes, empty and repeated parameters (the first counts). Never throws.
 * @param raw latin1 bytes as characters, folded or not
 */
export function parseParameterized(raw: string): ParameterizedValue {
  const semicolon = raw.indexOf(';');
  const head = stripComments(semicolon < 0 ? raw : raw.slice(0, semicolon));
  const lostAt = head.includes('=') ? head.search(valueEnd) : -1;
  const found = lostAt < 0 ? [] : [...readParameters(head, lostAt)];
  if (semicolon >= 0) found.push(...readParameters(raw, semicolon + 1));
  const value = (lostAt < 0 ? head : head.slice(0, lostAt)).toLowerCase();
  return { value, parameters: joinContinuations(found) };
}

function stripComments(text: string): string {
  const trimmed = text.trim();
  if (/^[\w.+-]+\/[\w.+-]+$/.test(trimmed)) return trimmed;
  let out = '';
  let at = 0;
  while (at < text.length) {
    const next = skipCfws(text, at);
    if (next > at) out += ' ';
    at = next;
    if (at < text.length) {
      out += text.charAt(at);
      at += 1;
    }
  }
  return out
    .trim()
    .replaceAll(/ *\/ */g, '/')
    .replaceAll(/^"|"$/g, '');
}

function readParameters(raw: string, from: number): readonly RawParameter[] {
  const found: RawParameter[] = [];
  let at = from;
  while (at < raw.length && found.length < parametersMax) {
    at = skipCfws(raw, at);
    if (raw.charAt(at) === ';') {
      at += 1;
      continue;
    }
    const nameEnd = endOfName(raw, at);
    const equals = skipCfws(raw, nameEnd);
    if (raw.charAt(equals) !== '=' || nameEnd === at) {
      at = afterSemicolon(raw, Math.max(equals, at));
      continue;
    }
    const read = readValue(raw, skipCfws(raw, equals + 1));
    found.push({ name: raw.slice(at, nameEnd).toLowerCase(), value: read.value });
    at = read.end;
  }
  return found;
}

function endOfName(raw: string, from: number): number {
  let at = from;
  while (at < raw.length && !nameEnds.has(raw.charAt(at))) at += 1;
  return at;
}

const nameEnds: ReadonlySet<string> = new Set(' \t\r\n=;"(),<>@');

function afterSemicolon(raw: string, from: number): number {
  const at = raw.indexOf(';', from);
  return at < 0 ? raw.length : at + 1;
}

function readValue(raw: string, from: number): { readonly value: string; readonly end: number } {
  if (raw.charAt(from) === '"') return readQuoted(raw, from + 1);
  // Up to the semicolon: unquoted values with spaces are common, a comment after the value is not.
  const semicolon = raw.indexOf(';', from);
  const end = semicolon < 0 ? raw.length : semicolon;
  const text = raw.slice(from, Math.min(end, from + 4 * parameterCharsMax));
  const stop = text.search(valueEnd);
  const value = stop < 0 ? text : text.slice(0, stop);
  // What looks like the next parameter is one, though its semicolon is lost.
  const lost =
    stop >= 0 && text.charAt(stop + 1) !== '(' && !/^[ \t\r\n]*\(/.test(text.slice(stop, stop + 80));
  return { value: value.replaceAll(/\r?\n[ \t]?/g, ' ').trim(), end: lost ? from + stop : end };
}

/** White space before a comment, or before another `name=`. */
const valueEnd = /[ \t\r\n](?=\(|[A-Za-z0-9*-]{1,40}=)/;

function readQuoted(raw: string, from: number): { readonly value: string; readonly end: number } {
  let value = '';
  let at = from;
  let plain = from;
  while (at < raw.length) {
    const c = raw.charAt(at);
    if (c === '"') break;
    if (c === '\\' || c === '\r' || c === '\n') {
      value += raw.slice(plain, at);
      if (c === '\\') at += 1;
      plain = c === '\\' ? at : at + 1;
    }
    at += 1;
  }
  value += raw.slice(plain, Math.min(at, raw.length));
  return { value, end: afterSemicolon(raw, at) };
}

interface Section {
  readonly index: number;
  readonly encoded: boolean;
  readonly value: string;
}

/** `name*0*`, `name*1`, `name*` (RFC 2231 §3, §4). */
const sectionPattern = /^([^*]+)\*(?:(\d{1,4})(\*)?)?$/;

function joinContinuations(found: readonly RawParameter[]): readonly Parameter[] {
  const [only] = found;
  if (only === undefined) return [];
  if (found.length === 1 && !only.name.includes('*')) return [[only.name, singleText(only)]];
  const plain = new Map<string, string>();
  const sections = new Map<string, Section[]>();
  const order = new Set<string>();
  for (const { name, value } of found) {
    const match = sectionPattern.exec(name);
    const base = match?.[1] ?? name;
    order.add(base);
    if (match === null) {
      if (!plain.has(base)) plain.set(base, value);
      continue;
    }
    const list = sections.get(base) ?? [];
    const encoded = match[2] === undefined || match[3] === '*';
    list.push({ index: Number(match[2] ?? 0), encoded, value });
    sections.set(base, list);
  }
  return [...order].map((name) => [
    name,
    parameterText({ name, sections: sections.get(name), plain: plain.get(name) }).slice(0, parameterCharsMax),
  ]);
}

function singleText({ name, value }: RawParameter): string {
  return parameterText({ name, sections: undefined, plain: value }).slice(0, parameterCharsMax);
}

interface WrittenParameter {
  readonly name: string;
  readonly sections: Section[] | undefined;
  readonly plain: string | undefined;
}

/** The extended form is preferred to the plain one beside it (RFC 6266 §4.3 says so where RFC 2231 is silent). */
function parameterText(written: WrittenParameter): string {
  const { name, sections, plain = '' } = written;
  // RFC 2047 §5 (3) forbids encoded words here, but file names have them; a boundary is what it is.
  if (sections === undefined)
    return cleanText(name === 'boundary' ? decodeRaw(plain) : decodeEncodedWords(plain));
  sections.sort((a, b) => a.index - b.index);
  let charset: string | undefined;
  const pieces: Buffer[] = [];
  let expected = 0;
  for (const section of sections) {
    if (section.index < expected) continue;
    // A gap ends the value: what follows cannot be placed.
    if (section.index > expected && expected > 0) break;
    expected = section.index + 1;
    let { value } = section;
    if (section.encoded && pieces.length === 0) {
      const tagged = /^([^']*)'([^']*)'/.exec(value);
      charset = tagged?.[1] ?? charset;
      value = value.slice(tagged?.[0].length ?? 0);
    }
    pieces.push(section.encoded ? percentDecode(value) : Buffer.from(value, 'latin1'));
  }
  const bytes = Buffer.concat(pieces);
  const text =
    charset === undefined || charset === ''
      ? decodeRaw(bytes.toString('latin1'))
      : decodeCharset(bytes, charset);
  return cleanText(text.includes('=?') ? decodeEncodedWords(Buffer.from(text).toString('latin1')) : text);
}

function percentDecode(text: string): Buffer {
  return Buffer.from(
    text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

/** A line break or NUL in a decoded value is an attack or damage; either way it is no part of a name. */
function cleanText(text: string): string {
  return text.replaceAll(/[\r\n\0]+/g, ' ');
}

/** The value of one parameter (name in lower case). */
export function findParameter(parameters: readonly Parameter[], name: string): string | undefined {
  return parameters.find(([key]) => key === name)?.[1];
}
