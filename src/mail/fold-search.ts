/**
 * The one form in which text is searched and is searched for: compatibility forms unified (NFKC: full-width letters,
 * ligatures, superscripts), case folded (upper then lower case, so that `ß` is `ss` and every sigma is one), white
 * space of any length as one space, invisible format characters gone. Substring semantics hold as far as Unicode lets
 * them: needle and text go through the same function (RFC 9051 §6.4.4 asks for case-insensitive substrings).
 */
export function foldForSearch(text: string): string {
  if (printableAscii.test(text) && !text.includes('  ')) return text.toLowerCase();
  return text
    .toWellFormed()
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFKC')
    .replaceAll(/[\p{Cf}\p{Cc}\s]+/gu, (run) => (/\p{Cc}|\s/u.test(run) ? ' ' : ''));
}

/** Nothing to do but lower case, unless spaces run together. */
const printableAscii = /^[ -~]*$/;
