import { join } from 'node:path';
import { errorsReference, settingsReference } from '../src/app/reference.ts';
import type { EventRow } from '../src/trace/event-row.ts';
import { eventTable } from '../src/trace/events.ts';
import { requirementTable } from './requirements.ts';

export const referenceFolder = join(import.meta.dirname, '../docs/reference');

/** Every generated page by its file name; a test holds the stored ones to it. */
export function referencePages(): ReadonlyMap<string, string> {
  return new Map([
    ['settings.md', settingsReference()],
    ['errors.md', errorsReference()],
    ['events.md', eventsReference()],
    ['requirements.md', requirementTable()],
  ]);
}

function eventsReference(): string {
  const rows = Object.entries(eventTable).map(([name, row]: readonly [string, EventRow]) => {
    const fields = Object.entries(row.fields).map(
      ([field, kind]) => `\`${field}\`${kind.endsWith('?') ? ' (may be missing)' : ''}`,
    );
    return `| \`${name}\` | ${row.level} | ${row.meaning.replaceAll('|', '\\|')} | ${fields.join(', ')} |`;
  });
  return `# Events

<!-- Generated from the tables in the source. Do not edit. -->

What the server says on standard error, one line each: time, level, event, fields. The client's address comes before
anything that a peer wrote; what a peer wrote is cleaned, quoted and last.

| event | level | meaning | fields |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}
