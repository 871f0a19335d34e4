import { splitSubAddress } from './address-key.ts';

/** Local parts that every domain has and that go to its administrators (S-03, RFC 2142; TLS-RPT and DMARC reports). */
export const reservedNames: ReadonlySet<string> = new Set([
  'postmaster',
  'abuse',
  'hostmaster',
  'webmaster',
  'security',
  'noc',
  'admin',
  'administrator',
  'root',
  'mailer-daemon',
  'noreply',
  'no-reply',
  'dmarc-reports',
  'tls-reports',
]);

/** Format characters, joiners, variation selectors, tags: they show nothing. */
const invisible = /[\p{Cf}\p{Mn}\u115f\u1160\u3164\uffa0\u{e0000}-\u{e0fff}]/gu;
const separators = /[._\-\s]/g;

/**
 * Characters that pass for an ASCII letter (from the Unicode confusables, for the letters that the reserved
 * names are made of).
 */
const confusables: ReadonlyMap<string, string> = new Map(
  (
    [
      ['a', 'аαɑ4@'],
      ['b', 'ьʙвƅ8'],
      ['c', 'сϲᴄ'],
      ['d', 'ԁɗ'],
      ['e', 'еҽєε3'],
      ['h', 'һհн'],
      ['i', 'іιıɩl1|!ӏǀ'],
      ['k', 'кκᴋ'],
      ['m', 'мᴍ'],
      ['n', 'ոпηɴ'],
      ['o', 'оοօσ0ᴏ'],
      ['p', 'рρ'],
      ['r', 'гᴦʀ'],
      ['s', 'ѕꜱ5$'],
      ['t', 'тτᴛ7'],
      ['u', 'υսᴜ'],
      ['w', 'ԝѡωᴡ'],
      ['y', 'уүγʏ'],
    ] as const
  ).flatMap(([letter, likes]) => Array.from(likes, (like) => [like, letter] as const)),
);

/** Reserved in any case, Unicode compatibility form and with any `+tag`. Returns the name. */
export function reservedName(local: string): string | undefined {
  const plain = local.normalize('NFKC').toLowerCase().replace(invisible, '').trim();
  const base = splitSubAddress(plain)?.base ?? plain;
  return reservedNames.has(base) ? base : undefined;
}

/** Would a reader take it for a reserved name? Refused when addresses are made (S-03). */
export function looksReserved(local: string): boolean {
  return reservedName(local) !== undefined || reservedSkeletons.has(skeleton(local));
}

/** Two local parts with one skeleton look alike. */
function skeleton(local: string): string {
  const plain = local.normalize('NFKD').replace(invisible, '').toLowerCase();
  const base = splitSubAddress(plain)?.base ?? plain;
  const letters = Array.from(base.replace(separators, ''), (letter) => confusables.get(letter) ?? letter);
  return letters.join('').replaceAll('rn', 'm').replaceAll('vv', 'w').replaceAll('cl', 'd');
}

const reservedSkeletons: ReadonlySet<string> = new Set([...reservedNames].map(skeleton));
