/** A tag of a tag list (RFC 6376 §3.2). */
export interface Tag {
  /** Without folding white space at its ends; inside it stays. */
  readonly value: string;
  /** Where everything between `=` and the next `;` stands in the text. */
  readonly start: number;
  readonly end: number;
}

export type TagList = ReadonlyMap<string, Tag>;

/**
 * Reads a `tag-list` (RFC 6376 §3.2): tag names are case-sensitive, none occurs twice, one `;` may stand at the end.
 * Characters beyond ASCII may stand in values (RFC 8616 §5). Linear.
 * @param text latin1 or decoded characters, folded or not
 * @returns nothing when it is no tag list
 */
export function parseTagList(text: string): TagList | undefined {
  if (controlPattern.test(text.replaceAll('\r\n', ''))) return undefined;
  const tags = new Map<string, Tag>();
  let at = 0;
  while (at < text.length) {
    const semicolon = text.indexOf(';', at);
    const end = semicolon < 0 ? text.length : semicolon;
    const spec = text.slice(at, end);
    const equals = spec.indexOf('=');
    if (equals < 0) return semicolon < 0 && tags.size > 0 && trimFws(spec) === '' ? tags : undefined;
    const name = trimFws(spec.slice(0, equals));
    const value = trimFws(spec.slice(equals + 1));
    if (!namePattern.test(name) || tags.has(name)) return undefined;
    tags.set(name, { value, start: at + equals + 1, end });
    at = end + 1;
  }
  return tags.size > 0 ? tags : undefined;
}

/** `ALPHA *ALNUMPUNC`. */
const namePattern = /^[A-Za-z][A-Za-z0-9_]*$/;
// oxlint-disable-next-line no-control-regex -- what is looked for
const controlPattern = /[\0-\u0008\n-\u001f\u007f]/;

/** RFC 6376 §2.8 FWS taken off both ends; a pattern with `+$` would not be linear. */
export function trimFws(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isFws(text.charCodeAt(start))) start += 1;
  while (end > start && isFws(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isFws(c: number): boolean {
  return c === 0x20 || c === 0x09 || c === 0x0d || c === 0x0a;
}

/** All folding white space taken out, as in base64 values. */
export function withoutFws(text: string): string {
  return text.replaceAll(/[ \t\r\n]/g, '');
}
