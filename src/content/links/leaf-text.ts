import { decodeCharset } from '#mail/charset.ts';
import { findParameter } from '#mail/parameters.ts';
import type { Part } from '#mail/summary.ts';
import type { TextForm } from '../attachments/text-form.ts';
import { findHtmlLinks } from './find-html-links.ts';
import type { HtmlReading } from './find-html-links.ts';
import { findTextLinks } from './find-text-links.ts';
import type { LinkCandidate } from './link-candidate.ts';

/** A text part and how it is read. */
export interface LeafText {
  readonly part: Pick<Part, 'type' | 'subtype' | 'parameters'>;
  readonly form: TextForm;
  readonly charset: string | undefined;
}

/** What a text begins with is believed before what is said of it (Encoding Standard §6). */
export function charsetOf({ parameters }: Pick<Part, 'parameters'>, head: Uint8Array): string | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return findParameter(parameters, 'charset');
}

export function isWideCharset(charset: string | undefined): boolean {
  return charset !== undefined && /^["'\s]{0,4}(?:utf-?(?:16|32)|ucs-?[24]|iso-10646)/i.test(charset);
}

/** Links of octets that are text. */
export function leafLinks(octets: Uint8Array, leaf: LeafText, reading: HtmlReading): Iterable<LinkCandidate> {
  const text = joinedLines(decodeCharset(octets, leaf.charset), leaf);
  // HTML that calls itself plain is shown as HTML by some.
  const isMarkup =
    leaf.form === 'markup' ||
    (text.includes('<') && /<(?:a|html|body|img|form|meta|iframe)[\s>]/i.test(text));
  return isMarkup ? findHtmlLinks(text, reading) : findTextLinks(text);
}

/** Lines that were broken for the way are one again. */
function joinedLines(text: string, { part, form }: LeafText): string {
  // RFC 5545 §3.1, RFC 6350 §3.2; cards of old times are broken as quoted-printable.
  if (form === 'folded') return text.replaceAll(/\r?\n[ \t]|=\r?\n/g, '');
  const isFlowed = findParameter(part.parameters, 'format')?.toLowerCase() === 'flowed';
  const dropsSpace = findParameter(part.parameters, 'delsp')?.toLowerCase() === 'yes';
  // RFC 3676 §4.2.
  return isFlowed && dropsSpace ? text.replaceAll(/ \r?\n(?:>+ ?)?/g, '') : text;
}
