import { parseClientAddress } from '#base/client-address.ts';
import { registrableHost } from '#mail/public-suffix.ts';
import { linkBounds } from './link-bounds.ts';

/**
 * Where a link leads: the registrable domain of its host (Public Suffix List, private suffixes counted), or its address in
 * the one spelling. It is read as browsers read it (WHATWG URL): user-info, encoded and internationalised hosts, back
 * slashes, addresses as one number, in octal or hexadecimal. `undefined`: nowhere that lists know of. Never throws.
 */
export function linkHost(url: URL): string | undefined {
  const host = url.hostname.replace(/\.$/, '');
  if (host === '') return undefined;
  const address = parseClientAddress(host.replace(/^\[|\]$/g, ''));
  if (address !== undefined) return address;
  return registrableHost(host);
}

/**
 * Reads a text as a link on the web. What people write to keep a link from being one is undone: `hxxp`, `[.]`, `(dot)`.
 * @param base of relative links; without one they lead nowhere
 */
export function readLink(text: string, base?: URL): URL | undefined {
  const plain = refanged(text.slice(0, linkBounds.candidateCharsMax)).trim();
  // `//host/path` has the scheme of its page, which is none that could be asked.
  const absolute = /^[\\/]{2}/.test(plain) && base === undefined ? `http:${plain}` : plain;
  const url = URL.parse(absolute, base?.href);
  return url !== null && webSchemes.has(url.protocol) ? url : undefined;
}

const webSchemes: ReadonlySet<string> = new Set(['http:', 'https:', 'ftp:']);

/** Each step is linear: nothing in a pattern can match in two ways. */
function refanged(text: string): string {
  return text
    .replaceAll('[:]', ':')
    .replace(/^h(?:xx|\*\*|tt)p(s?)(?=:)/i, 'http$1')
    .replaceAll(/\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|\{dot\}/gi, '.');
}

/**
 * Links that stand in a link, as redirectors have them: in its path or its query, encoded or not. Nothing is fetched
 * (S-06).
 */
export function linksWithin(url: URL): readonly string[] {
  const rest = `${url.pathname}${url.search}${url.hash}`.slice(0, linkBounds.candidateCharsMax);
  const texts = rest.includes('%') ? [rest, decoded(rest)] : [rest];
  return texts.flatMap((text) =>
    [...text.matchAll(/https?(?::|%3a)[\\/]{1,2}[^\s"'<>&]+/gi)].map(([found]) => found),
  );
}

function decoded(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
