import type { CommandRow } from './command.ts';

/** A line taken apart: what it asks for in this state, or why not. */
export type ReadCommand<Row extends CommandRow> =
  | { readonly kind: 'command'; readonly row: Row; readonly args: readonly string[] }
  | { readonly kind: 'unreadable'; readonly text: string };

/** RFC 1939 §3: a keyword of three or four letters, then arguments, each after one space. */
export function readCommand<Row extends CommandRow>(
  bytes: Uint8Array,
  rows: ReadonlyMap<string, Row>,
): ReadCommand<Row> {
  const line = decode(bytes);
  if (line === undefined) return { kind: 'unreadable', text: 'Not UTF-8' };
  const space = line.indexOf(' ');
  const keyword = (space < 0 ? line : line.slice(0, space)).toUpperCase();
  const row = rows.get(keyword);
  if (row === undefined) return { kind: 'unreadable', text: 'Unknown command, or not now' };
  const rest = space < 0 ? '' : line.slice(space + 1);
  if (row.takes === 'text') return { kind: 'command', row, args: [rest] };
  const args = rest.split(' ').filter((word) => word !== '');
  const [min, max] = row.takes;
  if (args.length < min || args.length > max)
    return { kind: 'unreadable', text: 'Wrong number of arguments' };
  return { kind: 'command', row, args };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** RFC 1939 §3: message numbers and line counts are decimal; `undefined` when it is none. */
export function readNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,9}$/.test(text) ? Number(text) : undefined;
}
