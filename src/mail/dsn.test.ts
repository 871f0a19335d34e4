import assert from 'node:assert/strict';
import { test } from 'node:test';
import PostalMime from 'postal-mime';
import { buildDsn, dsnHeaderBytesMax, dsnNeedsUtf8 } from './dsn.ts';
import type { DsnFacts } from './dsn.ts';
import { isSevenBit } from './builder.ts';
import type { Domain } from './domain.ts';
import { parseMessage } from './message-parser.ts';

const at = Date.UTC(2026, 10, 21, 18, 0, 0);

function mailbox(local: string): { local: string; domain: Domain } {
  return { local, domain: 'b.test' as Domain };
}

function facts(changes: Partial<DsnFacts> = {}): DsnFacts {
  return {
    reportingMta: 'mail.a.test',
    from: { local: 'mailer-daemon', domain: 'a.test' as Domain },
    to: { local: 'me', domain: 'a.test' as Domain },
    messageId: 'Q1@mail.a.test',
    arrivedAtMs: at,
    nowMs: at + 1000,
    recipients: [
      {
        final: mailbox('you'),
        original: mailbox('alias'),
        action: 'failed',
        status: '5.1.1',
        remote: 'mx.b.test',
        diagnostic: '550 5.1.1 no such user',
        lastAttemptMs: at + 500,
      },
    ],
    originalHeader: Buffer.from('From: me@a.test\r\nSubject: hello\r\n\r\n'),
    random: new Uint8Array(16).fill(7),
    ...changes,
  };
}

test('three parts: for people, for programs, and the header', async () => {
  const bytes = buildDsn(facts());
  assert.ok(isSevenBit(bytes));
  const { structure } = parseMessage(bytes);
  const types = structure.parts.map((part) => `${part.type}/${part.subtype}`);
  assert.deepEqual(types, ['text/plain', 'message/delivery-status', 'text/rfc822-headers']);
  assert.ok(
    structure.parameters.some(([name, value]) => name === 'report-type' && value === 'delivery-status'),
  );
  const parsed = await PostalMime.parse(bytes);
  assert.equal(parsed.subject, 'Your message could not be delivered');
  assert.match(parsed.text ?? '', /alias@b\.test\s+the server mx\.b\.test said:\s+550 5\.1\.1 no such user/);
  assert.equal(parsed.headers.find((one) => one.key === 'auto-submitted')?.value, 'auto-replied');
});

test('the report for programs', () => {
  const text = Buffer.from(buildDsn(facts())).toString();
  const report = text.slice(
    text.indexOf('Reporting-MTA'),
    text.indexOf('\r\n--', text.indexOf('Reporting-MTA')),
  );
  assert.deepEqual(
    report.split('\r\n').filter((one) => one !== ''),
    [
      'Reporting-MTA: dns; mail.a.test',
      'Arrival-Date: Sat, 21 Nov 2026 18:00:00 +0000',
      'Original-Recipient: rfc822; alias@b.test',
      'Final-Recipient: rfc822; you@b.test',
      'Action: failed',
      'Status: 5.1.1',
      'Remote-MTA: dns; mx.b.test',
      'Diagnostic-Code: smtp; 550 5.1.1 no such user',
      'Last-Attempt-Date: Sat, 21 Nov 2026 18:00:00 +0000',
    ],
  );
});

test('foreign words begin no field of ours (S-05)', () => {
  const [one] = facts().recipients;
  assert.ok(one !== undefined);
  const hostile = '550 x\r\nAction: delivered\r\n\r\n--boundary\u2028é';
  const bytes = buildDsn(
    facts({ recipients: [{ ...one, diagnostic: hostile, remote: 'mx\r\nStatus: 2.0.0' }] }),
  );
  const text = Buffer.from(bytes).toString('latin1');
  assert.equal(text.match(/^Action: /gm)?.length, 1);
  assert.equal(text.match(/^Status: /gm)?.length, 1);
  assert.ok(isSevenBit(bytes));
});

test('addresses in UTF-8 make it a global report (RFC 6533)', () => {
  const [one] = facts().recipients;
  assert.ok(one !== undefined);
  const international = facts({ recipients: [{ ...one, final: mailbox('jürgen') }] });
  assert.equal(dsnNeedsUtf8(international), true);
  const text = Buffer.from(buildDsn(international)).toString('utf8');
  assert.match(text, /message\/global-delivery-status/);
  assert.match(text, /Final-Recipient: utf-8; jürgen@b\.test/);
});

test('a huge header is cut at a line', () => {
  const originalHeader = Buffer.from('X-Long: abc\r\n'.repeat(20_000));
  const bytes = buildDsn(facts({ originalHeader }));
  assert.ok(bytes.length < dsnHeaderBytesMax + 4096);
});
