import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportBounds } from './aggregate-report.ts';
import type { AggregateReport } from './aggregate-report.ts';
import { readAggregateReport } from './read-aggregate-report.ts';
import {
  fastmailReport,
  googleReport,
  microsoftReport,
  newReport,
  reportBeginS,
  yahooReport,
} from './reports.fixture.ts';

function read(text: string): AggregateReport {
  const found = readAggregateReport(Buffer.from(text));
  assert.ok(found.ok, found.ok ? '' : found.error);
  return found.value;
}

function refused(text: string): string {
  const found = readAggregateReport(Buffer.from(text));
  assert.ok(!found.ok);
  return found.error;
}

test('I-46: a report as Google writes it', () => {
  assert.deepEqual(read(googleReport), {
    org: 'google.example',
    id: '1234567890123456789',
    beginMs: reportBeginS * 1000,
    endMs: (reportBeginS + 86_399) * 1000,
    domain: 'example.test',
    rows: [
      {
        source: '203.0.113.9/32',
        messages: 120,
        disposition: 'quarantine',
        dkimAligned: false,
        spfAligned: false,
        from: undefined,
        signer: 'letters.example',
        returnPath: 'bounce.letters.example',
      },
      {
        source: '192.0.2.25/32',
        messages: 7,
        disposition: 'none',
        dkimAligned: true,
        spfAligned: true,
        from: undefined,
        signer: 'example.test',
        returnPath: 'example.test',
      },
    ],
    otherMessages: 0,
    unread: 0,
  });
});

test('I-46: reports as Microsoft, Yahoo, Fastmail and RFC 9990 write them', () => {
  const [microsoft] = read(microsoftReport).rows;
  assert.equal(microsoft?.source, '2001:db8:1:2::/64');
  assert.equal(microsoft?.signer, 'list.example', 'the signature that held');
  const [yahoo] = read(yahooReport).rows;
  assert.deepEqual(
    [yahoo?.from, yahoo?.disposition, yahoo?.returnPath],
    ['news.example.test', 'reject', undefined],
  );
  assert.equal(read(fastmailReport).domain, 'example.test');
  assert.deepEqual(
    read(newReport).rows.map((row) => [row.messages, row.disposition, row.dkimAligned]),
    [[123, 'pass', true]],
  );
});

test('what makes no report is refused in words', () => {
  const cases: readonly (readonly [from: string | RegExp, to: string, why: RegExp])[] = [
    [/feedback/g, 'html', /no aggregate report/],
    [/<org_name>[^]*<\/email>/, '', /org_name> is missing/],
    [/<report_id>.*<\/report_id>/, '<report_id/>', /report_id> is missing/],
    [/<report_id>/, '<report_id>1</report_id><report_id>', /stands twice/],
    [/<begin>\d+/, '<begin>yesterday', /no time/],
    [/<begin>\d+/, '<begin>1000000000', /longer/],
    [/<end>\d+/, '<end>1700000000', /ends before/],
    ['<domain>example.test', '<domain>no domain', /is none/],
    [/<policy_evaluated>/g, '<policy>', /closes nothing/],
    [/<count>\d+/g, '<count>-1', /no <record>/],
  ];
  for (const [from, to, why] of cases) assert.match(refused(googleReport.replace(from, to)), why);
});

test('a record that makes no sense, or is on a name of others, is counted and no more', () => {
  for (const [from, to] of [
    ['203.0.113.9', 'nowhere'],
    ['<count>120', '<count>1e9'],
    ['<disposition>quarantine', '<disposition>burn'],
  ] as const) {
    const { rows, unread } = read(googleReport.replace(from, to));
    assert.deepEqual([rows.map(({ messages }) => messages), unread], [[7], 1], to);
  }
  const foreign = yahooReport.replace('<header_from>news.example.test', '<header_from>bank.example');
  assert.match(refused(foreign), /no <record>/);
});

test('S-05, S-09: names are printable and short, sources and messages have an end', () => {
  const record = /<record>[^]*?<\/record>/.exec(googleReport)?.[0] ?? '';
  const records = Array.from({ length: reportBounds.rowsMax + 5 }, (_, at) =>
    record.replace('192.0.2.25', `10.0.${at >> 8}.${at & 255}`),
  );
  const long = googleReport
    .replace(/<org_name>.*?</, `<org_name>\u202e\u001b[2J${'x'.repeat(5000)}<`.replace('\u001b', ''))
    .replace(record, records.join(''));
  const { org, rows, otherMessages } = read(long);
  assert.ok(org.startsWith('?') && Buffer.byteLength(org) <= reportBounds.orgBytesMax);
  assert.equal(rows.length, reportBounds.rowsMax);
  assert.equal(otherMessages, 6 * 7, 'those beyond are counted');
});

test('a reporter without a name goes by its address', () => {
  const { org } = read(googleReport.replace(/<org_name>.*<\/org_name>/, '<org_name></org_name>'));
  assert.equal(org, 'google.example');
});

test('records of one source and one end are one row', () => {
  const record = /<record>[^]*?<\/record>/.exec(googleReport)?.[0] ?? '';
  const { rows } = read(googleReport.replace(record, record.repeat(3)));
  assert.deepEqual(
    rows.map(({ messages }) => messages),
    [120, 21],
  );
});
