import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TraceId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { ReportEngine } from '#content/dmarc-reports/report-request.ts';
import type { Domain } from '#mail/domain.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { keptReport } from './kept-report.fixture.ts';
import { ReportBook } from './report-book.ts';
import { ReportDesk } from './report-desk.ts';
import type { ReportMail } from './report-desk.ts';

type Answer = Awaited<ReturnType<ReportEngine['run']>>;

function world(answer: (deadlineMs: number) => Answer | Promise<Answer>) {
  const clock = createFakeClock();
  const told: string[] = [];
  let released = 0;
  const book = new ReportBook({ clock, changed: () => undefined });
  const desk = new ReportDesk({
    engine: { run: async (_, deadlineMs) => answer(deadlineMs) },
    book,
    isOwnDomain: (domain) => domain === 'example.test',
    clock,
    events: {
      emit: (event) =>
        told.push(event.name === 'dmarc-report' ? `${event.what} ${event.detail ?? ''}`.trim() : event.name),
    },
  });
  const mail = (change: Partial<ReportMail> = {}): ReportMail => ({
    trace: 't' as TraceId,
    reporter: 'reporter.example' as Domain,
    bytes: () => new Uint8Array(3),
    release: () => void (released += 1),
    ...change,
  });
  return { clock, told, book, desk, mail, released: () => released };
}

test('I-46: what becomes of each is told, and whatever it held is let go', async () => {
  const about = (domain: string) =>
    ok(ok(keptReport(createFakeClock().now(), { domain: domain as Domain, id: domain })));
  const answers: Answer[] = [
    about('example.test'),
    about('example.test'),
    about('a.b.example.test'),
    about('bad-example.test'),
    about('test'),
    ok(err('no report is attached')),
    err('timeout'),
  ];
  const { told, desk, mail, released, book } = world(() => answers.shift() ?? err('failed'));
  for (let count = 0; count < 7; count += 1) desk.take(mail());
  desk.take(mail({ bytes: () => undefined }));
  desk.take(mail({ bytes: () => Promise.reject(new Error('ours')) }));
  desk.take(mail());
  assert.deepEqual(told, [], 'not in the way of anybody');
  await desk.done();
  assert.equal(book.list({ domain: undefined, sinceMs: 0, isAll: true }).length, 2);
  assert.deepEqual(told, [
    'kept',
    'known',
    'kept',
    'refused it is not about a domain of ours',
    'refused it is not about a domain of ours',
    'refused no report is attached',
    'unread timeout',
    'unread the message is too large, or could not be read',
    'unread reading it failed',
    'unread failed',
  ]);
  assert.equal(released(), 9, 'all but the one whose reading broke');
});

test('S-09: only so many wait, one is read at a time, and none for long', async () => {
  let running = 0;
  const { told, desk, mail, released } = world(async (deadlineMs) => {
    assert.ok(deadlineMs <= 10_000);
    assert.equal((running += 1), 1);
    await Promise.resolve();
    running -= 1;
    return err('busy');
  });
  for (let count = 0; count < 100; count += 1) desk.take(mail());
  assert.equal(told.length, 36);
  assert.equal(told[0], 'unread too many reports were waiting');
  await desk.done();
  assert.deepEqual([told.length, released()], [100, 100]);
});
