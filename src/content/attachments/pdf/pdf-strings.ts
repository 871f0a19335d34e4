import { findWrittenLinks } from '../../links/find-text-links.ts';
import type { LinkCandidate } from '../../links/link-candidate.ts';

/** Hexadecimal strings of one text that are looked at. */
const hexStringsMax = 5_000;

/**
 * Links in the objects of a PDF (ISO 32000-1 §12.6.4.7 and the other actions): what stands behind `/URI`, and whatever has
 * a scheme in any string, with escapes (§7.3.4.2), line ends, hexadecimal and UTF-16 undone. Linear.
 * @param text octets as characters
 */
export function* findPdfLinks(text: string): Iterable<LinkCandidate> {
  const plain = plainStrings(text);
  for (const [, link = ''] of plain.matchAll(/\/URI\s{0,8}\(\s{0,8}([^()\s]{4,2048})/g))
    yield {
      text: /^[a-z][\w+.-]{1,20}:/i.test(link) ? link : `http://${link.replace(/^\/+/, '')}`,
      kind: 'clicked',
      how: 'URI',
    };
  // Brackets end a string, and are in no host.
  yield* findWrittenLinks(plain.replaceAll(/[()]/g, ' '));
  yield* hexLinks(plain);
}

/** Names with `#41` and strings with `\101` and broken lines as they are meant; the octets of UTF-16 that are none in ASCII go. */
export function plainStrings(text: string): string {
  return text
    .replaceAll('\0', '')
    .replaceAll(/\\(?:\r\n?|\n)/g, '')
    .replaceAll(/\\([0-7]{1,3})/g, (_all, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8) & 0xff),
    )
    .replaceAll(/\\([()\\])/g, '$1')
    .replaceAll(/#([2-7][0-9a-f])/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function* hexLinks(text: string): Iterable<LinkCandidate> {
  let count = 0;
  for (const [, digits = ''] of text.matchAll(/<([0-9a-f\s]{8,8192})>/gi)) {
    count += 1;
    if (count > hexStringsMax) return;
    const string = Buffer.from(digits.replaceAll(/\s/g, ''), 'hex').toString('latin1').replaceAll('\0', '');
    for (const link of findWrittenLinks(string)) yield { ...link, how: 'URI' };
  }
}
