import { htmlToText } from '#mail/html-text.ts';
import { linkBounds } from './link-bounds.ts';

/** A text that may be a link. */
export interface LinkCandidate {
  readonly text: string;
  /** `clicked`: what a reader's program makes a link, or loads; `written`: has a scheme; `bare`: looks like a host. */
  readonly kind: 'clicked' | 'written' | 'bare';
}

/** Attributes whose values are links (HTML Living Standard, and what old mail has). */
const linkAttribute =
  /(?:\s|["'/])(?:href|src|srcset|action|formaction|background|poster|data|cite|ping|content)\s{0,8}=\s{0,8}(?:"([^"]{1,4096})"|'([^']{1,4096})'|([^\s"'<>]{1,2048}))/gi;

/** Links of an HTML text: the values of attributes first, then what stands in its markup and in its words. */
export function* findHtmlLinks(html: string): Iterable<LinkCandidate> {
  for (const [, double, single, bare] of html.matchAll(linkAttribute))
    yield* attributeLinks(double ?? single ?? bare ?? '');
  // A host without a scheme is a link only as a word.
  for (const link of findTextLinks(html)) if (link.kind === 'written') yield link;
  // Words that markup cut into pieces come together again.
  yield* findTextLinks(htmlToText(html));
}

function* attributeLinks(raw: string): Iterable<LinkCandidate> {
  // Browsers drop line ends and tabs inside; entities are undone, `<` opens nothing here.
  const value = htmlToText(raw.replaceAll('<', ''))
    .replaceAll(/[\t\r\n]+/g, '')
    .trim();
  // `content` of a refresh: `0; url=…`.
  const refresh = /^\d{1,6}\s{0,8}[;,]\s{0,8}url\s{0,8}=\s{0,8}['"]?(\S+)/i.exec(value);
  if (refresh?.[1] !== undefined) yield { text: refresh[1], kind: 'clicked' };
  else yield { text: value, kind: 'clicked' };
}

/** What begins a link; two forms of it are bent so that nobody clicks by accident. */
const scheme = /(?:h(?:tt|xx|\*\*)ps?|ftp)(?::|\[:\])[\\/]{1,4}/gi;

/** Links in words: each run of characters between spaces and brackets is looked at once. */
export function* findTextLinks(text: string): Iterable<LinkCandidate> {
  for (const [word] of text.matchAll(/[^\s<>"'`|\u00a0\u3000]{4,}/g)) {
    const run = word.slice(0, linkBounds.candidateCharsMax);
    const begins = [...run.matchAll(scheme)].map(({ index }) => index);
    for (const [place, at] of begins.entries())
      yield { text: withoutEnd(run.slice(at, begins[place + 1])), kind: 'written' };
    if (begins.length === 0 && /[.。．｡]|\[dot\]|\(dot\)/i.test(run)) yield* bareLink(run);
  }
}

/** A host with what may be in front of it. */
const bareCharsMax = 300;

/** `www.example.org/…`, `example.org`: programs make links of them. What follows an at sign is a mail address. */
function* bareLink(run: string): Iterable<LinkCandidate> {
  const inner = withoutEnd(run.replace(/^[([{*_=:,;>]+/, ''));
  const [host = ''] = inner.split(/[/?#\\]/, 1);
  if (host.includes('@') || host.length > bareCharsMax) return;
  // A version or a date; a host by its address is written whole.
  if (/^[\d.]+$/.test(host) && !/^\d+\.\d+\.\d+\.\d+$/.test(host)) return;
  yield { text: `http://${inner}`, kind: 'bare' };
}

/** Stops and brackets at the end belong to the sentence. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0 && '.,;:!?)]}*_~-'.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
