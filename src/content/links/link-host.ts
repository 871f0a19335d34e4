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
  return /^[\d.]+$|^\[/.test(host)
    ? parseClientAddress(host.replaceAll(/[[\]]/g, ''))
    : registrableHost(host);
}

/**
 * Reads a text as a link to a host. What people write to keep a link from being one is undone: `hxxp`, `[.]`, `(dot)`. Of
 * what no browser takes, as a port that is none, the host counts all the same: a reader mends it.
 */
export function readLink(written: string): URL | undefined {
  const text = written.slice(0, linkBounds.candidateCharsMax);
  return webLink(text) ?? bentLink(refanged(text.trim()));
}

function bentLink(plain: string): URL | undefined {
  // `//host/path` has the scheme of its page, which is none that could be asked.
  const absolute = /^[\\/]{2}/.test(plain) ? `http:${plain}` : plain.replace(otherScheme, 'http:');
  return (
    webLink(absolute) ??
    webLink(absolute.replace(oddPort, '$1')) ??
    webLink(absolute.replace(foreignTail, '$1'))
  );
}

function webLink(text: string): URL | undefined {
  const url = URL.parse(text);
  return url !== null && (webSchemes.has(url.protocol) || url.protocol === 'mailto:') ? url : undefined;
}

const webSchemes: ReadonlySet<string> = new Set(['http:', 'https:', 'ftp:']);

/** Schemes with a host that browsers read otherwise; a share is opened as readily as a page. */
const otherScheme =
  /^(?:ftps|sftp|file|smb|cifs|wss?|webcals?|feed|davs?|caldavs?|carddavs?|intent|rtsp|itms-services):(?=[\\/]{2})/i;

const oddPort = /^([a-z]{2,6}:[\\/]{0,4}[^\\/?#:]{1,300}):[^\\/?#]*/i;

/** `http://example.com` with a sentence behind it that begins with no space. */
const foreignTail = /^([a-z]{2,6}:[\\/]{0,4}[\u0021-\u007e]{1,300}).*$/is;

/** The same link, ended where characters begin that part no words. */
export function withoutForeignTail(url: string): string | undefined {
  const ended = url.replace(foreignTail, '$1');
  return ended === url ? undefined : ended;
}

/** Each step is linear: nothing in a pattern can match in two ways. */
function refanged(text: string): string {
  return text
    .replace(/^([a-z*_-]{2,8})\[:(?:\/\/)?\]/i, '$1://')
    .replace(/^h(?:xx|xt|tx|\*\*|--|__|tt)p(s?)(?=[:\\/])/i, 'http$1')
    .replace(/^(https?|ftp)(?=[\\/]{2})/i, '$1:')
    .replaceAll(/\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|\{dot\}/gi, '.');
}
