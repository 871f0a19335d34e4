import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import { dayMs, messagesOf, readTally } from './day-tally.ts';
import type { DayTally } from './day-tally.ts';
import { OwedReports, rowCharsMax, rowsMax, rowsPerTallyMax, talliesMax } from './owed-reports.ts';
import { rowAbout } from './report-row.fixture.ts';

function makeBook(): {
  book: OwedReports;
  kept: Map<string, DayTally>;
  clock: ReturnType<typeof createFakeClock>;
} {
  const clock = createFakeClock();
  const kept = new Map<string, DayTally>();
  const book = new OwedReports({
    clock,
    tallyChanged: (key, tally) => void (tally === undefined ? kept.delete(key) : kept.set(key, tally)),
    sentChanged: () => undefined,
  });
  return { book, kept, clock };
}

test('equal messages are one row; another source or day is another (I-47)', async () => {
  const { book, clock } = makeBook();
  book.count(rowAbout('a.example'));
  book.count(rowAbout('a.example'));
  book.count(rowAbout('a.example', { client: '192.0.2.2' }));
  assert.deepEqual(
    book.list()[0]?.rows.map(({ count }) => count),
    [2, 1],
  );
  assert.deepEqual(book.due(), []);
  await clock.advance(dayMs);
  book.count(rowAbout('a.example'));
  assert.deepEqual(book.due().map(messagesOf), [3]);
});

test('what was counted goes on counting after a restart', () => {
  const { book, kept } = makeBook();
  book.count(rowAbout('a.example', { spf: undefined }));
  book.tend();
  const again = makeBook().book;
  const read = JSON.parse(JSON.stringify([...kept.values()])).map(readTally);
  again.restore(
    read.map(({ row }: { readonly row: DayTally }) => row),
    [],
  );
  again.count(rowAbout('a.example', { spf: undefined }));
  assert.deepEqual(
    again.list()[0]?.rows.map(({ count }) => count),
    [2],
  );
  for (const broken of [undefined, 1, {}, { day: 1, untold: 0, published: {}, rows: [] }])
    assert.equal(readTally(broken), undefined);
});

test('S-09: of more domains than are kept the rarest give way, and it is told', () => {
  const { book } = makeBook();
  for (let n = 0; n < 3; n += 1) book.count(rowAbout('honest.example'));
  for (let n = 0; n < talliesMax + 50; n += 1) book.count(rowAbout(`n${n}.evil.example`));
  assert.equal(book.list().length, talliesMax);
  assert.ok(book.list().some(({ published }) => published.domain === 'honest.example'));
  assert.equal(book.tend(), 51);
  assert.equal(book.tend(), 0);
});

test('S-09: of more rows than are kept the rarest give way, and the report says how many it leaves out', () => {
  const { book } = makeBook();
  for (let n = 0; n < 2; n += 1) book.count(rowAbout('a.example'));
  for (let n = 0; n < rowsPerTallyMax + 9; n += 1)
    book.count(rowAbout('a.example', { envelopeFrom: `b${n}.example` }));
  const [tally] = book.list();
  assert.ok(tally !== undefined);
  assert.deepEqual([tally.rows.length, tally.untold, tally.rows[0]?.count], [rowsPerTallyMax, 10, 2]);
});

test('S-09: all rows together, and each by itself, are bounded', () => {
  const { book } = makeBook();
  const long = 'x'.repeat(500);
  const dkim = Array.from({ length: 10 }, () => ({ domain: long, selector: long, result: 'fail' }));
  for (let d = 0; d < 60; d += 1)
    for (let n = 0; n < rowsPerTallyMax; n += 1)
      book.count(rowAbout(`d${d}.example`, { envelopeFrom: `b${n}.example`, dkim }));
  const rows = book.list().flatMap((tally) => tally.rows);
  assert.ok(rows.length <= rowsMax);
  assert.ok(rows.every(({ row }) => JSON.stringify(row).length <= rowCharsMax));
});

test('what could not be sent for three days is let go', async () => {
  const { book, kept, clock } = makeBook();
  book.count(rowAbout('a.example'));
  book.tend();
  assert.equal(kept.size, 1);
  await clock.advance(4 * dayMs);
  assert.equal(book.tend(), 1);
  assert.deepEqual([kept.size, book.list().length], [0, 0]);
});
