import type { FieldKind } from './event-row.ts';
import { eventTable, type Event } from './events.ts';
import { cleanForeignText, quoteForeignText } from './foreign-text.ts';

/** The client's address stands before everything else, foreign text after it (S-05). */
const kindOrder: readonly string[] = ['client', 'text', 'count', 'foreign'];

/** Each event's fields in the order they are written. */
const fieldOrder: ReadonlyMap<string, readonly (readonly [string, FieldKind])[]> = new Map(
  Object.entries(eventTable).map(([name, row]) => [
    name,
    Object.entries(row.fields).sort((a, b) => rank(a[1]) - rank(b[1])),
  ]),
);

/** Own words that need no quotes. */
const plainWord = /^[\p{L}\p{N}._:@/+\-[\]<>,*]+$/u;

/**
 * One event as one log line:
 * `2026-11-21T18:23:39.000Z notice login-failed client=203.0.113.5 listener=imap … name="their words"`.
 */
export function formatEventLine(event: Event, nowMs: number): string {
  const words = [new Date(nowMs).toISOString(), eventTable[event.name].level, event.name];
  for (const [name, kind] of fieldOrder.get(event.name) ?? []) {
    const value = fieldValue(event, name);
    if (value !== undefined) words.push(`${name}=${formatValue(value, kind)}`);
  }
  return words.join(' ');
}

function fieldValue(event: Event, name: string): string | number | undefined {
  return (event as unknown as Readonly<Record<string, string | number | undefined>>)[name];
}

function rank(kind: FieldKind): number {
  return kindOrder.indexOf(kind.replace('?', ''));
}

function formatValue(value: string | number, kind: FieldKind): string {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toFixed(1);
  if (kind.startsWith('foreign') || !plainWord.test(value)) return quoteForeignText(value);
  return cleanForeignText(value);
}
