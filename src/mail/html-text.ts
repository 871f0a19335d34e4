import { nextFinder } from './next-finder.ts';

/** Elements whose content no reader sees. */
const hiddenElements: ReadonlySet<string> = new Set([
  'script',
  'style',
  'head',
  'title',
  'template',
  'noscript',
]);

/** Elements that run on in their line; all others part words. */
const inlineElements: ReadonlySet<string> = new Set(
  'a abbr acronym b bdi bdo big cite code dfn em font i ins kbd mark o:p q s samp small span strike strong sub sup tt u var wbr'.split(
    ' ',
  ),
);

/** The entities that text is made of; others stay as they are written. */
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  shy: '',
  zwnj: '',
  zwj: '',
  copy: '©',
  reg: '®',
  trade: '™',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  lsquo: '‘',
  rsquo: '’',
  sbquo: '‚',
  ldquo: '“',
  rdquo: '”',
  bdquo: '„',
  laquo: '«',
  raquo: '»',
  bull: '•',
  middot: '·',
  euro: '€',
  pound: '£',
  yen: '¥',
  cent: '¢',
  sect: '§',
  deg: '°',
  times: '×',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
  aacute: 'á',
  eacute: 'é',
  iacute: 'í',
  oacute: 'ó',
  uacute: 'ú',
  Aacute: 'Á',
  Eacute: 'É',
  Iacute: 'Í',
  Oacute: 'Ó',
  Uacute: 'Ú',
  agrave: 'à',
  egrave: 'è',
  igrave: 'ì',
  ograve: 'ò',
  ugrave: 'ù',
  Agrave: 'À',
  Egrave: 'È',
  acirc: 'â',
  ecirc: 'ê',
  icirc: 'î',
  ocirc: 'ô',
  ucirc: 'û',
  atilde: 'ã',
  otilde: 'õ',
  ntilde: 'ñ',
  Ntilde: 'Ñ',
  ccedil: 'ç',
  Ccedil: 'Ç',
  aring: 'å',
  Aring: 'Å',
  aelig: 'æ',
  AElig: 'Æ',
  oslash: 'ø',
  Oslash: 'Ø',
  iexcl: '¡',
  iquest: '¿',
};

/** What addresses and links are made of, for those who hide them; read with a semicolon only (HTML §13.5). */
const signs: Readonly<Record<string, string>> = {
  colon: ':',
  sol: '/',
  bsol: '\\',
  period: '.',
  commat: '@',
  num: '#',
  quest: '?',
  equals: '=',
  percnt: '%',
  lowbar: '_',
  lpar: '(',
  rpar: ')',
  lsqb: '[',
  rsqb: ']',
  tab: '\t',
  newline: '\n',
  zerowidthspace: '',
};

/**
 * The words of an HTML text, for previews and search; not for showing as HTML. Tags, comments and what is never
 * shown go, entities become characters, blocks are parted by line ends. Linear, whatever the markup.
 */
export function htmlToText(html: string): string {
  const out: string[] = [];
  const quotes = { '"': nextFinder(html, '"'), "'": nextFinder(html, "'") };
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open < 0) break;
    out.push(html.slice(at, open));
    at = afterMarkup(html, open, { out, quotes });
  }
  out.push(html.slice(at));
  return decodeEntities(out.join(''));
}

interface MarkupReader {
  readonly out: string[];
  readonly quotes: Readonly<Record<'"' | "'", (from: number) => number>>;
}

const tagPattern = /<(\/?)([a-z][a-z0-9:-]{0,30})/iy;

function afterMarkup(html: string, open: number, reader: MarkupReader): number {
  if (html.startsWith('<!--', open)) return endOr(html.indexOf('-->', open + 4), 3, html);
  if (html.startsWith('<!', open) || html.startsWith('<?', open))
    return endOr(html.indexOf('>', open), 1, html);
  tagPattern.lastIndex = open;
  const match = tagPattern.exec(html);
  if (match === null) {
    reader.out.push('<');
    return open + 1;
  }
  const name = (match[2] ?? '').toLowerCase();
  const end = endOfTag(html, tagPattern.lastIndex, reader);
  if (!inlineElements.has(name)) reader.out.push(name === 'td' || name === 'th' ? ' ' : '\n');
  if (match[1] === '' && hiddenElements.has(name)) return afterHidden(html, end, name);
  return end;
}

/** What never ends takes the rest. */
function endOr(found: number, length: number, html: string): number {
  return found < 0 ? html.length : found + length;
}

/** Attribute values may hold `>`; a quote that never closes is none. */
function endOfTag(html: string, from: number, reader: MarkupReader): number {
  for (let at = from; at < html.length; at += 1) {
    const c = html.charAt(at);
    if (c === '>') return at + 1;
    if (c === '"' || c === "'") at = Math.max(at, reader.quotes[c](at + 1));
  }
  return html.length;
}

function afterHidden(html: string, from: number, name: string): number {
  const close = new RegExp(`</${name}[\\s>/]`, 'ig');
  close.lastIndex = from;
  const found = close.exec(html);
  return found === null ? html.length : endOr(html.indexOf('>', found.index), 1, html);
}

/** Character references of HTML as characters; those of names that no text has stay as they are. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(
    /&(?:#0*(\d{1,7})|#x0*([0-9a-f]{1,6})|([a-z]{2,14}));?/gi,
    (all, decimal, hex, name) => {
      if (typeof name === 'string') return namedCharacter(all, name);
      const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
    },
  );
}

function namedCharacter(all: string, name: string): string {
  const lower = name.toLowerCase();
  if (Object.hasOwn(entities, name)) return entities[name] ?? all;
  if (Object.hasOwn(entities, lower)) return entities[lower] ?? all;
  return all.endsWith(';') && Object.hasOwn(signs, lower) ? (signs[lower] ?? all) : all;
}
