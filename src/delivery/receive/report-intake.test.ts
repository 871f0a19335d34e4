import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { test } from 'node:test';
import { ok } from '#base/result.ts';
import { run } from '#content/dmarc-reports/read-report-mail.ts';
import { reportLetter } from '#content/dmarc-reports/report-letter.fixture.ts';
import { googleReport, reportBeginS } from '#mailauth/dmarc/report/reports.fixture.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { ReportBook } from '#policy/dmarc-reports/report-book.ts';
import { ReportDesk } from '#policy/dmarc-reports/report-desk.ts';
import type { ReportMail } from '#policy/dmarc-reports/report-desk.ts';
import { context, intakeWorld, mailFrom, send } from './intake.fixture.ts';
import type { Sending } from './intake.fixture.ts';

const zone: ZoneTable = {
  '.': { NS: ['a.root-servers.net'] },
  '5.113.0.203.in-addr.arpa': { PTR: ['client.example'] },
  'client.example': { A: ['203.0.113.5'] },
  'reporter.example': { MX: ['10 client.example'], TXT: ['v=spf1 ip4:203.0.113.5 -all'] },
  '_dmarc.reporter.example': { TXT: ['v=DMARC1; p=none'] },
  'forger.example': { MX: ['10 client.example'] },
};

async function world() {
  const taken: ReportMail[] = [];
  const told: string[] = [];
  let desk: ReportDesk | undefined;
  const made = await intakeWorld({
    policy: { zone, settings: { 'policy.greylisting': false } },
    also: {
      reports: {
        take(mail) {
          taken.push(mail);
          desk?.take(mail);
        },
      },
    },
  });
  const clock = { now: () => (reportBeginS + 100_000) * 1000 };
  const book = new ReportBook({ clock, changed: () => undefined });
  const isOwnDomain = (domain: string): boolean => made.store.domains.isLocal(domain);
  const engine = { run: async (request: Parameters<typeof run>[0]) => ok(await run(request)) };
  const emit = (event: { readonly name: string; readonly what?: string }): void =>
    void told.push(`${event.name} ${event.what ?? ''}`);
  desk = new ReportDesk({ engine, book, isOwnDomain, clock, events: { emit } });
  const report = async (from: string, more: Sending & { readonly octets?: Uint8Array } = {}) => {
    const octets = more.octets ?? gzipSync(googleReport);
    const message = reportLetter({ from, octets });
    const to = ['dmarc-reports@example.test'];
    const [answer] = await send(made, { to, mail: mailFrom(from), message, ...more });
    await desk?.done();
    return answer;
  };
  const shown = (isAll: boolean) => book.list({ domain: undefined, sinceMs: 0, isAll });
  return { ...made, report, shown, told, taken };
}

test('I-46: a report is accepted, delivered to the administrators, and shown as its proven sender’s', async () => {
  const { report, shown, leases, told, taken } = await world();
  const answer = await report('noreply@reporter.example');
  assert.ok(answer?.ok);
  assert.equal(leases.length, 1, 'it is mail like any other (S-03)');
  assert.deepEqual(told, ['dmarc-report kept']);
  const [found] = shown(false);
  assert.deepEqual(
    [found?.reporter, found?.org, found?.domain],
    ['reporter.example', 'google.example', 'example.test'],
  );
  assert.equal(found?.rows[0]?.messages, 120);
  assert.ok(String(taken[0]?.trace).length > 0);
  await report('noreply@reporter.example');
  assert.equal(shown(true).length, 1, 'again is once');
});

test('I-46: a report that anybody may have sent is kept apart, whoever it says to be from', async () => {
  const { report, shown, leases } = await world();
  assert.ok((await report('noreply@forger.example'))?.ok);
  assert.equal(leases.length, 1);
  assert.deepEqual(shown(false), []);
  assert.equal(shown(true)[0]?.reporter, undefined);
  await report('noreply@reporter.example');
  assert.equal(shown(false).length, 1, 'it takes nobody’s place');
});

test('I-46: a large report is read from its blob after it was accepted, and nothing of it stays behind', async () => {
  const { report, shown, store } = await world();
  const record = /<record>[^]*?<\/record>/.exec(googleReport)?.[0] ?? '';
  const records = Array.from({ length: 300 }, (_, at) =>
    record.replace('192.0.2.25', `10.1.${at >> 8}.${at & 255}`),
  );
  const removed: string[] = [];
  const remove = store.blobs.remove.bind(store.blobs);
  store.blobs.remove = async (id) => {
    removed.push(id);
    await remove(id);
  };
  const answer = await report('noreply@reporter.example', {
    octets: Buffer.from(googleReport.replace(record, records.join('\n'))),
  });
  assert.ok(answer?.ok);
  assert.equal(shown(false)[0]?.rows.length, 100);
  assert.equal(new Set(removed).size, 2, 'the name of the spool and the one to read by');
});

test('mail to others, from accounts, and of the reserved name with a tag', async () => {
  const { report, taken, user } = await world();
  await report('noreply@reporter.example', { to: ['user@example.test'] });
  const octets = gzipSync(googleReport);
  const own = 'user@example.test';
  const message = reportLetter({ from: own, octets });
  await report(own, { who: context('submission', user), message });
  assert.equal(taken.length, 0);
  await report('noreply@reporter.example', { to: ['user@example.test', 'DMARC-Reports+x@example.test'] });
  assert.equal(taken.length, 1);
});

test('what is not a report is delivered, and told of', async () => {
  const { report, leases, told } = await world();
  await report('noreply@reporter.example', { octets: gzipSync(Buffer.alloc(20_000_000, ' ')) });
  assert.equal(leases.length, 1);
  assert.deepEqual(told, ['dmarc-report refused']);
});
