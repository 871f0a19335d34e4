import type { EventLevel } from './event-row.ts';
import { eventTable, type Event } from './events.ts';
import { cleanForeignText } from './foreign-text.ts';

/** CEF's own names of fields (ArcSight CEF, revision 25); what has none is written as `postern…`. */
const cefNames: Readonly<Record<string, string | undefined>> = {
  client: 'src',
  user: 'suser',
  users: 'suser',
  sender: 'suser',
  account: 'suser',
  recipient: 'duser',
  reason: 'reason',
  detail: 'msg',
  count: 'cnt',
  failures: 'cnt',
  trace: 'externalId',
  queue: 'externalId',
};

/** From 0 to 10. */
const severities: Readonly<Record<EventLevel, number>> = { info: 2, notice: 4, warning: 7, error: 9 };

/** One event as CEF: `CEF:0|Postern|Postern|0.1.0|login-failed|login failed|4|rt=… src=203.0.113.5 …` (I-87). */
export function formatEventCef(
  event: Event,
  { nowMs, version }: { readonly nowMs: number; readonly version: string },
): string {
  const { name, ...fields } = event;
  const head = ['Postern', 'Postern', version, name, name.replaceAll('-', ' ')].map(escapeHead);
  const written = Object.entries(fields).flatMap(([field, value]: readonly [string, unknown]) =>
    typeof value === 'string' || typeof value === 'number' ? [writeField(name, field, String(value))] : [],
  );
  const extension = [`rt=${nowMs}`, ...written].join(' ');
  return `CEF:0|${head.join('|')}|${severities[eventTable[name].level]}|${extension}`;
}

/** An IPv6 client has a field of its own. */
function writeField(event: Event['name'], field: string, value: string): string {
  const written = escapeValue(value);
  if (field === 'client' && value.includes(':')) return `c6a2=${written} c6a2Label=Source IPv6 Address`;
  return `${cefName(event, field)}=${written}`;
}

/** Two fields of one event never share a name. */
function cefName(event: Event['name'], field: string): string {
  const { fields } = eventTable[event];
  const name = cefNames[field];
  const twin = Object.keys(fields).find((other) => cefNames[other] === name);
  if (name !== undefined && twin === field) return name;
  return `postern${field.charAt(0).toUpperCase()}${field.slice(1)}`;
}

function escapeHead(text: string): string {
  return text.replaceAll(/[\\|]/g, '\\$&');
}

/** No line end and no `=` of a peer's can begin a field of ours (S-05). */
function escapeValue(text: string): string {
  return cleanForeignText(text).replaceAll(/[\\=]/g, '\\$&');
}
