import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress } from './address.ts';
import type { Address } from './address.ts';
import { parseDate } from './date.ts';
import { splitHeader, splitHeaderText } from './header.ts';
import { formatReceived, formatReturnPath, isLoop } from './received.ts';
import type { ReceivedTrace } from './received.ts';

function address(text: string): Address {
  const parsed = parseAddress(text, { smtpUtf8: true });
  assert.ok(parsed.ok);
  return parsed.value;
}

const plain: ReceivedTrace = {
  helo: 'client.example',
  client: '192.0.2.1',
  by: 'mx.example.test',
  protocol: 'ESMTP',
  tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
  authenticated: false,
  smtpUtf8: false,
  id: '01J0000000000000000000000A',
  recipients: [address('user@example.test')],
  atMs: Date.UTC(2026, 0, 5, 10, 0, 0),
};

function text(change: Partial<ReceivedTrace>): string {
  return Buffer.from(formatReceived({ ...plain, ...change })).toString();
}

test('Received says who, how, with which id and for whom', () => {
  assert.equal(
    text({}),
    [
      'Received: from client.example ([192.0.2.1])',
      '\tby mx.example.test with ESMTPS (TLSv1.3 TLS_AES_256_GCM_SHA384)',
      '\tid 01J0000000000000000000000A',
      '\tfor <user@example.test>;',
      '\tMon, 5 Jan 2026 10:00:00 +0000',
      '',
    ].join('\r\n'),
  );
});

test('protocol names are those of RFC 3848 and RFC 6531', () => {
  const name = (change: Partial<ReceivedTrace>): string | undefined => / with (\w+)/.exec(text(change))?.[1];
  assert.equal(name({ tls: undefined }), 'ESMTP');
  assert.equal(name({ tls: undefined, protocol: 'SMTP' }), 'SMTP');
  assert.equal(name({ authenticated: true }), 'ESMTPSA');
  assert.equal(name({ authenticated: true, tls: undefined }), 'ESMTPA');
  assert.equal(name({ smtpUtf8: true }), 'UTF8SMTPS');
  assert.equal(name({ protocol: 'LMTP', tls: undefined }), 'LMTP');
  assert.equal(name({ protocol: 'LMTP', smtpUtf8: true }), 'UTF8LMTPS');
});

test('recipients stay secret when there are several; the client when it is not told', () => {
  assert.doesNotMatch(text({ recipients: [address('a@b.test'), address('c@d.test')] }), /\sfor </);
  assert.match(text({ client: undefined }), /^Received: from client\.example\r\n/);
  assert.match(text({ client: '2001:db8::1', helo: undefined }), /from unknown \(\[IPv6:2001:db8::1\]\)/);
});

test('nothing that a peer says ends the field or opens another', () => {
  const hostile = 'a\r\nBcc: x\r\n\r\nbody (\u202e;\x1b[31m';
  const field = text({ helo: hostile, clientName: hostile.repeat(50) });
  const block = splitHeaderText(field);
  assert.deepEqual(
    block.fields.map((f) => f.name),
    ['received'],
  );
  assert.match(field, /^[\t\r\n -~]*$/);
  for (const line of field.split('\r\n')) assert.ok(line.length < 998);
  assert.equal(parseDate(field.slice(field.lastIndexOf(';') + 1)), plain.atMs);
});

test('Return-Path, and a loop after a hundred servers', () => {
  assert.equal(Buffer.from(formatReturnPath(undefined)).toString(), 'Return-Path: <>\r\n');
  assert.equal(
    Buffer.from(formatReturnPath(address('"a b"@c.test'))).toString(),
    'Return-Path: <"a b"@c.test>\r\n',
  );
  assert.equal(isLoop(splitHeader(Buffer.from('Received: x\r\n'.repeat(99)))), false);
  assert.equal(isLoop(splitHeader(Buffer.from('Received: x\r\n'.repeat(100)))), true);
});
