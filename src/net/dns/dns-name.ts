/** RFC 1035 §2.3.4. */
const labelOctetsMax = 63;
const nameOctetsMax = 253;

/**
 * A name in the one spelling used for questions and as a key: lower case, no trailing dot, the root as `.`.
 * `undefined` if it cannot be asked for: an empty or too long label, anything but visible ASCII.
 */
export function canonicalName(text: string): string | undefined {
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  if (name === '') return text === '.' ? '.' : undefined;
  if (name.length > nameOctetsMax || !/^[\x21-\x7e]+$/.test(name)) return undefined;
  const labels = name.split('.');
  return labels.every((label) => label !== '' && label.length <= labelOctetsMax) ? name : undefined;
}
