import { decodeEntities, htmlToText } from '#mail/html-text.ts';
import { findTextLinks, findWrittenLinks } from './find-text-links.ts';
import { htmlTags } from './html-tags.ts';
import { linkBounds } from './link-bounds.ts';
import type { LinkCandidate } from './link-candidate.ts';

/** A file that stands in a text itself (RFC 2397). */
export interface EmbeddedFile {
  /** `image/png`. */
  readonly type: string;
  readonly base64: string;
}

export interface HtmlReading {
  /** Hears of files in `data:` links. */
  readonly embedded?: (file: EmbeddedFile) => void;
  /** HTML inside of HTML. */
  readonly depth?: number;
}

/** How the value of an attribute holds links (HTML Living Standard, SVG, OPC, and what old mail has). */
const attributeForms: Readonly<Record<string, 'link' | 'list' | 'style' | 'document' | 'refresh'>> = {
  href: 'link',
  'xlink:href': 'link',
  src: 'link',
  action: 'link',
  formaction: 'link',
  background: 'link',
  poster: 'link',
  data: 'link',
  cite: 'link',
  longdesc: 'link',
  lowsrc: 'link',
  dynsrc: 'link',
  codebase: 'link',
  classid: 'link',
  code: 'link',
  manifest: 'link',
  usemap: 'link',
  icon: 'link',
  value: 'link',
  target: 'link',
  'office:target-frame-name': 'link',
  srcset: 'list',
  imagesrcset: 'list',
  ping: 'list',
  archive: 'list',
  style: 'style',
  srcdoc: 'document',
  content: 'refresh',
};

/** Links of an HTML or XML text: the values of attributes, what stands in its markup and styles, and its words. */
export function* findHtmlLinks(html: string, reading: HtmlReading = {}): Iterable<LinkCandidate> {
  yield* findAttributeLinks(html, reading);
  // Outside of tags, in comments and scripts: a host without a scheme is a link only as a word.
  yield* findWrittenLinks(html);
  yield* findStyleLinks(html);
  // Words that markup cut into pieces come together again.
  yield* findTextLinks(htmlToText(html));
}

/** … of its tags alone. */
export function* findAttributeLinks(html: string, reading: HtmlReading = {}): Iterable<LinkCandidate> {
  for (const { attributes } of htmlTags(html))
    for (const [name, value] of attributes) {
      const form = Object.hasOwn(attributeForms, name) ? attributeForms[name] : undefined;
      if (form !== undefined)
        for (const link of valueLinks(form, value, reading)) yield { ...link, how: link.how ?? name };
    }
}

function* valueLinks(
  form: (typeof attributeForms)[string],
  written: string,
  reading: HtmlReading,
): Iterable<LinkCandidate> {
  const value = decodeEntities(written);
  switch (form) {
    case 'link':
      yield* oneLink(value, reading);
      break;
    case 'list':
      for (const link of value.split(/[\s,]+/, linkBounds.innerMax))
        if (link !== '') yield* oneLink(link, reading);
      break;
    case 'style':
      yield* findStyleLinks(value);
      break;
    case 'document':
      if ((reading.depth ?? 0) < linkBounds.depthMax) yield* findHtmlLinks(value, deeper(reading));
      break;
    default:
      yield* refreshLink(value, reading);
  }
}

function* oneLink(value: string, reading: HtmlReading): Iterable<LinkCandidate> {
  // Browsers drop line ends and tabs inside.
  const link = value
    .slice(0, dataCharsMax)
    .replaceAll(/[\t\r\n]+/g, '')
    .trim();
  if (/^data:/i.test(link)) yield* dataLinks(link, reading);
  else if (/^(?:java|vb|live)script:/i.test(link)) yield* findWrittenLinks(percentDecoded(link));
  else if (link !== '' && link !== '#')
    yield { text: link.slice(0, linkBounds.candidateCharsMax), kind: 'clicked' };
}

/** `content` of a refresh: `0; url=…`; of other `meta`, a link or words. */
function refreshLink(value: string, reading: HtmlReading): Iterable<LinkCandidate> {
  const refresh = /^\s{0,8}[\d.]{0,6}\s{0,8}[;,\s]\s{0,8}(?:url\s{0,8}=\s{0,8})?['"]?([^'"]+)/i.exec(value);
  return oneLink(refresh?.[1] ?? value, reading);
}

/** RFC 2397: so much of what a link holds itself is looked at. */
const dataCharsMax = 96 * 1024;

function* dataLinks(link: string, reading: HtmlReading): Iterable<LinkCandidate> {
  const comma = link.indexOf(',');
  const head = link.slice(5, Math.min(Math.max(comma, 5), 200)).toLowerCase();
  const type = head.split(';', 1)[0]?.trim() ?? '';
  const isBase64 = head.endsWith('base64');
  const body = percentDecoded(link.slice(comma + 1));
  if (isBase64 && type.startsWith('image/') && type !== 'image/svg+xml')
    reading.embedded?.({ type, base64: body });
  else if ((reading.depth ?? 0) < linkBounds.depthMax)
    yield* findHtmlLinks(isBase64 ? Buffer.from(body, 'base64').toString('utf8') : body, deeper(reading));
}

function deeper(reading: HtmlReading): HtmlReading {
  return { ...reading, depth: (reading.depth ?? 0) + 1 };
}

function percentDecoded(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** `url(…)` and `@import '…'` (CSS Syntax §4.3), with its escapes undone. */
export function* findStyleLinks(text: string): Iterable<LinkCandidate> {
  const plain = text.includes('\\')
    ? text.replaceAll(/\\([0-9a-f]{1,6})\s?/gi, (_all, hex: string) => characterOf(hex))
    : text;
  for (const [, call, rule] of plain.matchAll(
    /url\(\s{0,8}["']?([^"'()\s]{1,1024})|@import\s{1,8}["']([^"'\s]{1,1024})/gi,
  )) {
    const link = call ?? rule ?? '';
    if (!/^data:/i.test(link)) yield { text: link, kind: 'clicked', how: 'style' };
  }
}

function characterOf(hex: string): string {
  const code = Number.parseInt(hex, 16);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
}
