import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err } from '#base/result.ts';
import { dayMs, messagesOf } from '#delivery/dmarc-reports/day-tally.ts';
import { rowAbout } from '#delivery/dmarc-reports/report-row.fixture.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import type { Settings } from '#store/contract/store.ts';
import { createMemorySettings } from '#store/memory/memory-settings.ts';
import { silentEvents } from '#trace/events.ts';
import { openOwedReports } from './open-owed-reports.ts';

test('what was counted and what was sent outlive a restart (I-47)', async () => {
  const world = { clock: createFakeClock(), events: silentEvents };
  const stored = createMemorySettings();
  const first = await openOwedReports(stored, world);
  for (let n = 0; n < 3; n += 1) first.book.count(rowAbout('a.example'));
  first.book.count(rowAbout('b.example'));
  const sent = { day: 20_454, domain: 'a.example', messages: 1, rows: 1, atMs: 1, destinations: [] };
  first.book.note(sent);
  first.book.tend();
  assert.equal(await first.kept(), true);
  const second = await openOwedReports(stored, world);
  assert.deepEqual(new Set(second.book.list().map(messagesOf)), new Set([1, 3]));
  assert.deepEqual(second.book.sent(), [sent]);
  await world.clock.advance(dayMs);
  for (const tally of second.book.due()) second.book.close(tally);
  assert.equal(await second.kept(), true);
  assert.deepEqual((await openOwedReports(stored, world)).book.list(), []);
});

test('a disk that takes nothing is told, and tried again', async () => {
  const inner = createMemorySettings();
  const disk = { works: false };
  const stored: Settings = {
    ...inner,
    set: async (...args) =>
      disk.works ? inner.set(...args) : err({ code: 'unavailable', detail: 'x' } as const),
  };
  const world = { clock: createFakeClock(), events: silentEvents };
  const reports = await openOwedReports(stored, world);
  reports.book.count(rowAbout('a.example'));
  reports.book.tend();
  assert.equal(await reports.kept(), false);
  disk.works = true;
  assert.equal(await reports.kept(), true);
  assert.equal((await openOwedReports(stored, world)).book.list().length, 1);
});
