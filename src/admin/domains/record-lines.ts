import type { ExpectedRecord } from './expected-records.ts';

/** A record as a zone file has it, under the words for what it is good for. */
export function recordLines(
  row: ExpectedRecord,
  mark = '',
  found: readonly string[] = [],
): readonly string[] {
  const instead = found.length === 0 ? '' : `; found: ${found.join(' | ')}`;
  return [`  ${mark}${row.purpose}${instead}`, `  ${row.name}. IN ${row.type} ${zoneValue(row)}`];
}

/** RFC 1035 §3.3.14: strings of at most 255 octets. */
function zoneValue(row: ExpectedRecord): string {
  if (row.type === 'MX') return `${row.value}.`;
  const pieces = row.value.match(/.{1,255}/gs) ?? [''];
  return pieces.map((piece) => `"${piece}"`).join(' ');
}
