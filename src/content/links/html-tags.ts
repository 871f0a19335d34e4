import { nextFinder } from '#mail/next-finder.ts';

/** A start tag of HTML or XML; values as they are written, with their character references. */
export interface HtmlTag {
  /** Lower case. */
  readonly name: string;
  /** Names in lower case, in order, repeated ones too: programs differ on which counts. */
  readonly attributes: readonly (readonly [name: string, value: string])[];
}

const tagStart = /<([a-z][^\s/>]{0,40})/gi;
const attributeName = /[\s/]*([^\s/>][^\s/>=]*)\s*(=\s*)?/y;
const unquotedValue = /[^\s>]*/y;

/**
 * Start tags as browsers find them (HTML Living Standard §13.2.5), those in comments and scripts too: some programs show
 * what others pass over. A quote that never closes is none. Linear, whatever the markup.
 */
export function* htmlTags(html: string): Iterable<HtmlTag> {
  const quotes = { '"': nextFinder(html, '"'), "'": nextFinder(html, "'") };
  let at = 0;
  for (;;) {
    tagStart.lastIndex = at;
    const match = tagStart.exec(html);
    if (match === null) return;
    const read = readAttributes(html, tagStart.lastIndex, quotes);
    at = read.end;
    if (read.attributes.length > 0)
      yield { name: (match[1] ?? '').toLowerCase(), attributes: read.attributes };
  }
}

type Quotes = Readonly<Record<'"' | "'", (from: number) => number>>;

/** More no honest tag has; what is beyond is found as markup. */
const attributesMax = 200;

function readAttributes(
  html: string,
  from: number,
  quotes: Quotes,
): { readonly attributes: HtmlTag['attributes']; readonly end: number } {
  const attributes: (readonly [string, string])[] = [];
  let end = from;
  while (attributes.length < attributesMax) {
    attributeName.lastIndex = end;
    const match = attributeName.exec(html);
    if (match === null) break;
    end = attributeName.lastIndex;
    if (match[2] === undefined) continue;
    const value = readValue(html, end, quotes);
    end = value.end;
    attributes.push([(match[1] ?? '').toLowerCase(), value.text]);
  }
  return { attributes, end };
}

function readValue(
  html: string,
  from: number,
  quotes: Quotes,
): { readonly text: string; readonly end: number } {
  const quote = html.charAt(from);
  if (quote === '"' || quote === "'") {
    const close = quotes[quote](from + 1);
    if (close >= 0) return { text: html.slice(from + 1, close), end: close + 1 };
  }
  const start = quote === '"' || quote === "'" ? from + 1 : from;
  unquotedValue.lastIndex = start;
  const [text = ''] = unquotedValue.exec(html) ?? [];
  return { text, end: start + text.length };
}
