import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Network } from '#base/client-address.ts';
import type { Domain } from '#mail/domain.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { KeptRows } from '../kept-rows.ts';
import { keptReport, reportRow } from './kept-report.fixture.ts';
import { readKeptReport } from './kept-report.ts';
import type { KeptReport } from './kept-report.ts';
import { ReportBook, reportBookBounds } from './report-book.ts';

const dayMs = 86_400_000;
const everything = { domain: undefined, sinceMs: 0, isAll: true } as const;

function world() {
  const clock = createFakeClock();
  const rows = new Map<string, KeptReport>();
  const changed = (key: string, report: KeptReport | undefined): void => {
    if (report === undefined) rows.delete(key);
    else rows.set(key, report);
  };
  const book = new ReportBook({ clock, changed });
  const add = (change: Partial<KeptReport>) => book.add(keptReport(clock.now(), change));
  return { clock, book, rows, add };
}

const manyRows = (count: number) =>
  Array.from({ length: count }, (_, at) => reportRow({ source: `10.0.0.${at}/32` as Network }));

test('I-46: a report counts once, by who sent it, its organization and its name', () => {
  const { add, book } = world();
  assert.equal(add({}), 'kept');
  assert.equal(add({ rows: [] }), 'known');
  assert.equal(add({ id: '2' }), 'kept');
  assert.equal(add({ reporter: undefined }), 'kept', 'a forged one does not take its place');
  assert.equal(add({ reporter: 'other.example' as Domain }), 'kept');
  assert.equal(book.list(everything).length, 4);
  assert.equal(book.list({ ...everything, isAll: false }).length, 3, 'what nothing proves is not shown');
});

test('reports are chosen by domain and time', () => {
  const { add, book, clock } = world();
  add({ domain: 'news.example.test' as Domain, endMs: clock.now() - 3 * dayMs });
  add({ domain: 'example.org' as Domain });
  const names = (domain: string | undefined, sinceMs: number) =>
    book.list({ domain: domain as Domain | undefined, sinceMs, isAll: false }).map((one) => one.domain);
  assert.deepEqual(names('example.test', 0), ['news.example.test']);
  assert.deepEqual(names('ews.example.test', 0), []);
  assert.deepEqual(names(undefined, clock.now() - dayMs), ['example.org']);
});

test('S-09: age, and number by reporter and day, have an end', async () => {
  const { add, book, clock, rows } = world();
  const { keptForMs, aheadMs, perDomainAndDayMax, perReporterAndDayMax, unprovenPerDayMax } =
    reportBookBounds;
  assert.equal(add({ endMs: clock.now() - keptForMs - 1 }), 'too-old');
  assert.equal(add({ endMs: clock.now() + aheadMs + 1 }), 'too-early');
  for (let id = 0; id < perDomainAndDayMax; id += 1) assert.equal(add({ id: `${id}` }), 'kept');
  assert.equal(add({ id: 'more' }), 'too-many');
  assert.equal(add({ id: 'more', domain: 'example.org' as Domain }), 'kept');
  const other = 'other.example' as Domain;
  for (let id = 0; id < perReporterAndDayMax; id += 1)
    assert.equal(add({ reporter: other, domain: `d${id}.example.test` as Domain }), 'kept');
  assert.equal(add({ reporter: other, id: 'more' }), 'too-many');
  for (let id = 0; id < unprovenPerDayMax; id += 1)
    assert.equal(add({ reporter: undefined, org: `o${id}` }), 'kept');
  assert.equal(add({ reporter: undefined, org: 'more' }), 'too-many');
  await clock.advance(dayMs + 1);
  assert.equal(add({ id: 'next day' }), 'kept');
  await clock.advance(keptForMs);
  assert.equal(book.list(everything).length, 1);
  assert.equal(rows.size, 1);
});

test('S-09: who floods the book loses only reports of his own', () => {
  const { add, book } = world();
  assert.equal(add({ reporter: 'honest.example' as Domain }), 'kept');
  assert.equal(add({ reporter: undefined }), 'kept');
  let count = 0;
  const rows = manyRows(99);
  for (let domain = 0; domain < 12; domain += 1)
    for (let id = 0; id < reportBookBounds.perDomainAndDayMax; id += 1) {
      add({
        reporter: 'flood.example' as Domain,
        domain: `d${domain}.example.test` as Domain,
        id: `${id}`,
        rows,
      });
      count += 1;
    }
  const kept = book.list(everything);
  const load = kept.reduce((sum, one) => sum + 1 + one.rows.length, 0);
  assert.ok(load <= reportBookBounds.rowsMax, `${load}`);
  assert.ok(kept.length < count);
  assert.ok(kept.some((one) => one.reporter === 'honest.example'));
  assert.ok(!kept.some((one) => one.reporter === undefined), 'what nothing proves goes first');
});

test('I-46: reports are there after a restart; what cannot be read again is left out', async () => {
  const clock = createFakeClock();
  const { settings } = createMemoryStore({ clock, random: createFakeRandom(2) });
  const open = () =>
    new KeptRows({
      settings,
      namePrefix: 'reports.kept_',
      failed: () => assert.fail(),
      read: readKeptReport,
    });
  const kept = open();
  const first = new ReportBook({ clock, changed: (key, report) => kept.changed(key, report) });
  const signer = 'letters.example' as Domain;
  const given = keptReport(clock.now(), {
    rows: [reportRow({ signer }), reportRow({ from: 'a.example.test' as Domain })],
  });
  first.add(given);
  first.add(keptReport(clock.now(), { reporter: undefined }));
  await kept.flush();
  const second = new ReportBook({ clock, changed: () => undefined });
  second.restore(await open().load());
  assert.deepEqual(second.list({ ...everything, isAll: false }), [given]);
  assert.equal(second.add(given), 'known');
  for (const value of [
    null,
    1,
    {},
    { ...given, domain: 'no domain' },
    { ...given, rows: 1 },
    { ...given, endMs: -1 },
  ])
    assert.equal(readKeptReport(value), undefined);
  assert.deepEqual(readKeptReport({ ...given, rows: [null, { source: 'x' }] })?.row.rows, []);
});
