/**
 * The position after white space, line breaks and comments (RFC 5322 §3.2.2 `CFWS`); an open comment takes the rest.
 * Linear: looks at each character once.
 */
export function skipCfws(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const c = text.charCodeAt(at);
    if (c === 0x20 || c === 0x09 || c === 0x0d || c === 0x0a) at += 1;
    else if (c === 0x28) at = afterComment(text, at);
    else break;
  }
  return at;
}

/** The position after the comment that opens at `from`; the text's end when it stays open. */
export function afterComment(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const c = text.charCodeAt(at);
    if (c === 0x5c) at += 1;
    else if (c === 0x28) depth += 1;
    else if (c === 0x29) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

/** The text without its comments; nothing stands in their place. Linear. */
export function withoutComments(text: string): string {
  if (!text.includes('(')) return text;
  const kept: string[] = [];
  for (let at = 0; at < text.length;) {
    const open = text.indexOf('(', at);
    kept.push(text.slice(at, open < 0 ? text.length : open));
    at = open < 0 ? text.length : afterComment(text, open);
  }
  return kept.join('');
}
