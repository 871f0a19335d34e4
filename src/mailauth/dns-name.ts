/** RFC 1035 §2.3.4. */
export const labelBytesMax = 63;
export const nameBytesMax = 253;

/**
 * A name in lower case, without its last dot, if a question can be asked for it: else undefined. Any printable ASCII
 * can, also what no host is called (RFC 2181 §11).
 */
export function askableName(text: string): string | undefined {
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  if (name.length > nameBytesMax || !/^[\x20-\x7e]+$/.test(name)) return undefined;
  return name.split('.').every((label) => label !== '' && label.length <= labelBytesMax) ? name : undefined;
}
