import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseMessage } from '#mail/message-parser.ts';
import { decodeSummary, encodeSummary } from './summary-text.ts';

const runs = { numRuns: Number(process.env['POSTERN_FUZZ_RUNS'] ?? 300) };

const inner = 'From: In <in@side.test>\r\nSubject: inside\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n';
const full = [
  'From: "A, B" <a@b.test>, g: c@d.test, e;',
  'Sender: S <s@b.test>',
  'Reply-To: "A, B" <a@b.test>, g: c@d.test, e;',
  'To: u@example.test',
  'Date: Mon, 1 Jun 2026 10:00:00 +0000',
  'Message-ID: <1@b.test>',
  'References: <0@b.test> <00@b.test>',
  'Subject: \xc3\xa9 "\\ \u2028',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain; charset=utf-8; name*0="a"; name*1="\u00fc"',
  'Content-ID: <x@y>',
  'Content-Description: words',
  'Content-Language: de, en',
  'Content-Location: http://x.test/',
  'Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==',
  'Content-Disposition: attachment; filename="f.txt"',
  '',
  'text\nwith lines\r\n',
  '--b',
  'Content-Type: message/rfc822',
  '',
  inner,
  '--b--',
  '',
].join('\r\n');

test('a summary comes back as it was', () => {
  const summary = parseMessage(Buffer.from(full, 'latin1'));
  assert.deepEqual({ ...decodeSummary(encodeSummary(summary)) }, summary);
  assert.ok(encodeSummary(summary).length < JSON.stringify(summary).length / 2);
});

test('any summary comes back as it was', () => {
  const line = fc.constantFrom(...full.split('\r\n'), '\0', '--b', '--b--', '\u00ff');
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
      const summary = parseMessage(Buffer.from(lines.join('\r\n'), 'latin1'));
      assert.deepEqual({ ...decodeSummary(encodeSummary(summary)) }, summary);
    }),
    runs,
  );
});

test('another version is not guessed at', () => {
  assert.throws(() => decodeSummary('2\n[]\n[]\n[]'), /version 2/);
});
