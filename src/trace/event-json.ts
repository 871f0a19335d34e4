import { eventTable, type Event } from './events.ts';
import { cleanForeignText } from './foreign-text.ts';

/** One event as one JSON object on one line: time, level and event first, its own fields behind (S-05, I-87). */
export function formatEventJson(event: Event, nowMs: number): string {
  const { name, ...fields } = event;
  const written = Object.entries(fields).map(([field, value]: readonly [string, unknown]) => [
    field,
    typeof value === 'string' ? cleanForeignText(value) : value,
  ]);
  return JSON.stringify({
    time: new Date(nowMs).toISOString(),
    level: eventTable[name].level,
    event: name,
    ...Object.fromEntries(written),
  });
}
