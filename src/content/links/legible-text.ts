/** What no reader sees, and what programs drop before they look for a host (UTS #46 ignores most of it). */
const invisible =
  // oxlint-disable-next-line no-misleading-character-class
  /[\0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\u{e0000}-\u{e0fff}]+/gu;

/** Letters and signs of ASCII in another dress: full width, in circles, of mathematics. */
const dressed = /[\uff01-\uff5e\u2024\u2460-\u24ff\u{1d400}-\u{1d7ff}\u{1f100}-\u{1f1ff}]+/gu;

/** A dot, colon or slash that somebody put into brackets so that nobody clicks by accident; bounded at every place. */
const bracketed = /\s?[[({]\s?(\.|dot|:|:\/\/|\/)\s?[\])}]\s?/gi;

/**
 * A text as a reader understands it: without what is invisible, letters in their plain form, and with what was bent to
 * keep links from working bent back (`[.]`, `(dot)`, `[:]`). Linear.
 */
export function legibleText(text: string): string {
  const plain = isPlain(text)
    ? text
    : text.replaceAll(invisible, '').replaceAll(dressed, (found) => found.normalize('NFKC'));
  if (!isBracketed(plain)) return plain;
  return plain.replaceAll(bracketed, (_all, sign: string) => (sign.toLowerCase() === 'dot' ? '.' : sign));
}

/** Nothing but ASCII: as many octets as characters, which is counted faster than looked for. */
function isPlain(text: string): boolean {
  return Buffer.byteLength(text) === text.length && !text.includes('\0');
}

function isBracketed(text: string): boolean {
  const mayBe = text.includes('[') || text.includes('(') || text.includes('{');
  return mayBe && /[[({]\s?(?:[.:/]|dot)/i.test(text);
}
