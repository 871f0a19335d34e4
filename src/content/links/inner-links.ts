import { linkBounds } from './link-bounds.ts';

/**
 * Links that stand in a link, as redirectors and the scanners of others have them: in its path, query or fragment; encoded
 * once or thrice, in base64, or as a host alone in a parameter that says where to go. Nothing is fetched (S-06).
 */
export function linksWithin(url: URL): readonly string[] {
  const rest = `${url.pathname}${url.search}${url.hash}`.slice(0, linkBounds.candidateCharsMax);
  const found = new Set<string>();
  if (rest.length > shortestInner)
    for (const text of decodings(rest)) {
      if (/ps?(?::|%3a)/i.test(text)) for (const [link] of text.matchAll(inner)) found.add(link);
      if (text.includes('=')) for (const link of targets(text)) found.add(link);
      if (begunBase64.test(text)) for (const link of based(text)) found.add(link);
    }
  for (const link of wrapped(url)) found.add(link);
  return [...found].slice(0, linkBounds.innerMax);
}

/** `/?u=a.de` is the shortest that leads somewhere. */
const shortestInner = 7;
const inner = /(?:h(?:tt|xx)ps?|ftp)(?::|%3a)[\\/]{1,2}[^\s"'<>&]+/gi;
const begunBase64 = /(?:aHR0c|aFR0c|SFRUU|Ly93|d3d3L)/;

/** As it is, and undone as often as links stand in links. */
function decodings(text: string): readonly string[] {
  const texts = [text];
  for (let last = text; texts.length <= linkBounds.depthMax && last.includes('%');) {
    last = last.replaceAll(/%([0-9a-f]{2})/gi, (_all, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    texts.push(last);
  }
  return texts;
}

/** Parameters of which everybody knows that they say where to go. */
const target =
  /[?&;#](?:url|u|q|r|to|go|goto|link|l|out|dest|destination|target|redir|redirect|redirect_?ur[il]|return|return_?(?:to|url)|next|continue|rurl|adurl|forward|site|href|ref|a|p)=([^&;#\s]{4,512})/gi;

function* targets(text: string): Iterable<string> {
  for (const [, value = ''] of text.matchAll(target)) {
    const host = value.replace(/^[\\/]{1,4}/, '');
    // A value with a scheme is found as such.
    if (/^[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.[a-z][\w-]{1,62}(?::\d{1,5})?(?:[\\/?#]|$)/i.test(host))
      yield `http://${host}`;
  }
}

/** `http…`, `//…` and `www.…` in base64, with the alphabet of links or of mail. */
function* based(text: string): Iterable<string> {
  for (const [coded] of text.matchAll(/(?:aHR0c|aFR0c|SFRUU|Ly93|d3d3L)[\w+/-]{6,1500}/g)) {
    const link = Buffer.from(coded, 'base64').toString('latin1');
    const [clear = ''] = /^[\u0021-\u007e]*/.exec(link) ?? [];
    yield /^www\./i.test(clear) ? `http://${clear}` : clear;
  }
}

/** Services that write the inner link in their own way. */
function* wrapped({ hostname, pathname, search }: URL): Iterable<string> {
  if (hostname.startsWith('urldefense.')) yield* proofpoint(pathname, search);
  // Translated pages: `-` for a dot, `--` for itself.
  if (hostname.endsWith(translated)) yield `http://${undashed(hostname.slice(0, -translated.length))}/`;
  if (pathname.startsWith('/amp/')) yield `http://${pathname.replace(/^\/amp\/(?:s\/)?/, '')}`;
}

const translated = '.translate.goog';

function undashed(label: string): string {
  return label.replaceAll(/-+/g, (dashes) => (dashes === '-' ? '.' : dashes.slice(1)));
}

function* proofpoint(pathname: string, search: string): Iterable<string> {
  // Version 2: `-` for `%`, `_` for `/`.
  const coded = /[?&]u=([^&]{1,2048})/.exec(search)?.[1];
  if (coded !== undefined) yield decodings(coded.replaceAll('-', '%').replaceAll('_', '/')).at(-1) ?? '';
  // Version 3: `__https://…__;`.
  const between = /__(h[^_]{4,2048})/.exec(pathname)?.[1];
  if (between !== undefined) yield between;
}
