/** White space that does not stand in relaxed form: more than one, or a tab. */
const gaps = /[ \t]{2,}|\t/g;

/**
 * One header field in relaxed form (RFC 6376 §3.4.2), without the CR LF at its end.
 * @param field name, colon and value as written, line breaks included
 */
export function relaxedField(field: string): string {
  const colon = field.indexOf(':');
  const name = field.slice(0, colon).trimEnd().toLowerCase();
  const value = field
    .slice(colon + 1)
    .replaceAll('\r\n', '')
    .replaceAll(gaps, ' ');
  const start = value.startsWith(' ') ? 1 : 0;
  const end = value.endsWith(' ') ? -1 : value.length;
  return `${name}:${value.slice(start, end)}`;
}
