import { isAscii } from 'node:buffer';
import { createBase64Encoder } from './base64-stream.ts';
import { transformAll } from './byte-transform.ts';
import { createQuotedPrintableEncoder } from './quoted-printable.ts';
import { formatField, formatStructuredField } from './header-writer.ts';
import { LineLengths } from './line-lengths.ts';
import { asBuffer } from './octets.ts';
import { createLineNormalizer } from './serialize.ts';

/** One part of a message that we write. */
export interface BuiltPart {
  /** `text/plain`, `message/delivery-status`, …; ours, never a peer's. */
  readonly type: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly description?: string;
  /** Makes it an attached file (RFC 2183 §2.2). */
  readonly fileName?: string;
  /** Text is written as UTF-8; bytes go as they are, made fit for 7 bits only with `encode`. */
  readonly content: string | Uint8Array;
  /** `auto`: text as 7bit when it is, else quoted-printable. `none`: bytes as they are (message/rfc822 must not be encoded). */
  readonly encode?: 'auto' | 'base64' | 'none';
}

/** A header that grows field by field; nothing that a value holds can end its field. */
export class HeaderBuilder {
  readonly #lines: string[] = [];

  /** Free text: encoded where it must be. */
  text(name: string, value: string): this {
    this.#lines.push(formatField(name, value));
    return this;
  }

  /** A value that follows a grammar. */
  structured(name: string, value: string): this {
    this.#lines.push(formatStructuredField(name, value));
    return this;
  }

  /** A line made by one of the `format…Field` functions. */
  line(field: string): this {
    this.#lines.push(field);
    return this;
  }

  toString(): string {
    return this.#lines.join('');
  }
}

/** A message of one part: header fields as given, then its content. */
export function buildMessage(header: HeaderBuilder, part: BuiltPart): Uint8Array {
  const head = Buffer.from(`${header.toString()}MIME-Version: 1.0\r\n`);
  return Buffer.concat([head, buildPart(part)]);
}

export interface MultipartOptions {
  /** `report`, `mixed`, … */
  readonly subtype: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Chance from the caller, at least 16 bytes: nobody can foresee the boundary and close it. */
  readonly random: Uint8Array;
}

/** A message of several parts. */
export function buildMultipart(
  header: HeaderBuilder,
  options: MultipartOptions,
  parts: readonly BuiltPart[],
): Uint8Array {
  const built = parts.map(buildPart);
  const boundary = freeBoundary(options.random, built);
  const parameters = { ...options.parameters, boundary };
  const type = formatStructuredField(
    'Content-Type',
    withParameters(`multipart/${options.subtype}`, parameters),
  );
  const pieces: Uint8Array[] = [Buffer.from(`${header.toString()}MIME-Version: 1.0\r\n${type}\r\n`)];
  for (const part of built) pieces.push(Buffer.from(`--${boundary}\r\n`), part, Buffer.from('\r\n'));
  pieces.push(Buffer.from(`--${boundary}--\r\n`));
  return Buffer.concat(pieces);
}

function freeBoundary(random: Uint8Array, parts: readonly Uint8Array[]): string {
  const base = `=_${Buffer.from(random).toString('base64url')}`;
  for (let n = 0; ; n += 1) {
    const boundary = `${base}_${n}`;
    if (!parts.some((part) => Buffer.from(part).includes(boundary))) return boundary;
  }
}

function buildPart(part: BuiltPart): Uint8Array {
  const encoded = encodeContent(part);
  const lines = [formatStructuredField('Content-Type', withParameters(part.type, encoded.parameters))];
  if (part.description !== undefined) lines.push(formatField('Content-Description', part.description));
  if (part.fileName !== undefined)
    lines.push(
      formatStructuredField('Content-Disposition', withParameters('attachment', { filename: part.fileName })),
    );
  if (encoded.encoding !== '7bit')
    lines.push(formatStructuredField('Content-Transfer-Encoding', encoded.encoding));
  return Buffer.concat([Buffer.from(`${lines.join('')}\r\n`), encoded.bytes]);
}

interface EncodedContent {
  readonly bytes: Uint8Array;
  readonly encoding: string;
  readonly parameters: Readonly<Record<string, string>>;
}

function encodeContent(part: BuiltPart): EncodedContent {
  const parameters = part.parameters ?? {};
  const { content } = part;
  const isText = typeof content === 'string';
  const bytes = transformAll(createLineNormalizer(), isText ? Buffer.from(content.toWellFormed()) : content);
  if (part.encode === 'base64') {
    return {
      bytes: transformAll(createBase64Encoder(), Buffer.from(content)),
      encoding: 'base64',
      parameters,
    };
  }
  const withCharset =
    isText && part.type.startsWith('text/') ? { charset: 'utf-8', ...parameters } : parameters;
  if (isSevenBit(bytes)) return { bytes, encoding: '7bit', parameters: withCharset };
  if (part.encode === 'none') return { bytes, encoding: '8bit', parameters: withCharset };
  const quoted = transformAll(createQuotedPrintableEncoder(), bytes);
  return { bytes: quoted, encoding: 'quoted-printable', parameters: withCharset };
}

/** RFC 2045 §2.7: ASCII without NUL, lines of at most 998. */
export function isSevenBit(bytes: Uint8Array): boolean {
  return isAscii(bytes) && isEightBit(bytes);
}

/** RFC 2045 §2.8: no NUL, lines of at most 998. */
export function isEightBit(bytes: Uint8Array): boolean {
  const octets = asBuffer(bytes);
  const lines = new LineLengths();
  lines.see(octets);
  return !lines.isLong && !octets.includes(0);
}

function withParameters(type: string, parameters: Readonly<Record<string, string>>): string {
  return [
    type,
    ...Object.entries(parameters).map(([name, value]) => `${name}=${parameterValue(value)}`),
  ].join('; ');
}

/** RFC 2045 §5.1 `value`; RFC 2231 §4 where it is not ASCII. */
function parameterValue(value: string): string {
  if (/^[\w!#$%&*+^`{|}~.-]+$/.test(value)) return value;
  const ascii = value.toWellFormed().replaceAll(/[^\x20-\x7e]+/g, '?');
  return `"${ascii.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
