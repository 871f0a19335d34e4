/** RFC 1035 §2.3.4. */
export const labelBytesMax = 63;
export const nameBytesMax = 253;

/**
 * A name in lower case, without its last dot, if a question can be asked for it: else undefined. Any printable ASCII
 * can, also what no host is called (RFC 2181 §11).
 */
export function askableName(text: string): string | undefined {
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  return name.length <= nameBytesMax && isAskable(name) ? name : undefined;
}

const dotCode = 46;

/** Printable, and each label as long as one may be. */
function isAskable(name: string): boolean {
  let labelStart = 0;
  for (let at = 0; at < name.length; at += 1) {
    const c = name.charCodeAt(at);
    if (c < 0x20 || c > 0x7e) return false;
    if (c !== dotCode) continue;
    if (!isLabelLength(at - labelStart)) return false;
    labelStart = at + 1;
  }
  return isLabelLength(name.length - labelStart);
}

function isLabelLength(length: number): boolean {
  return length > 0 && length <= labelBytesMax;
}
