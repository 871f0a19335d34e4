import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import type { EventRow } from './event-row.ts';
import { eventTable } from './events.ts';

test('the one table has all events of all themes, and each name once', async () => {
  const folder = new URL('events/', import.meta.url);
  const names: string[] = [];
  for (const file of readdirSync(folder)) {
    const themes = (await import(new URL(file, folder).href)) as Readonly<
      Record<string, Record<string, EventRow>>
    >;
    for (const rows of Object.values(themes)) names.push(...Object.keys(rows));
  }
  assert.deepEqual(names.toSorted(), Object.keys(eventTable).toSorted());
});
