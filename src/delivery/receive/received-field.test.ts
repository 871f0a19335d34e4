import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QueueId } from '#base/id.ts';
import { parseDate } from '#mail/date.ts';
import { splitHeaderText } from '#mail/header.ts';
import { address, context } from './intake.fixture.ts';
import type { TransactionContext } from './intake.ts';
import { receivedField } from './received-field.ts';
import type { ReceivedFacts } from './received-field.ts';

const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' };
const nowMs = Date.UTC(2026, 0, 5, 10, 0, 0);

function text(who: Partial<TransactionContext>, change: Partial<ReceivedFacts> = {}): string {
  return receivedField({
    context: { ...context('mx'), ...who },
    hostname: 'mx.example.test',
    queueId: '01J0000000000000000000000A' as QueueId,
    nowMs,
    smtpUtf8: false,
    recipients: [address('user@example.test')],
    ...change,
  });
}

test('Received says who, how, with which id and for whom', () => {
  assert.equal(
    text({ tls }),
    [
      'Received: from client.example ([203.0.113.5])',
      ' by mx.example.test with ESMTPS id 01J0000000000000000000000A',
      ' (TLSv1.3 TLS_AES_256_GCM_SHA384)',
      ' for <user@example.test>;',
      ' Mon, 05 Jan 2026 10:00:00 +0000',
      '',
    ].join('\r\n'),
  );
  const recipients = [address('a@b.test'), address('c@d.test')];
  assert.doesNotMatch(text({}, { recipients }), /\sfor </);
  assert.match(text({ client: '2001:db8::1', helo: undefined }), /from unknown \(\[IPv6:2001:db8::1\]\)/);
});

test('protocol names are those of RFC 3848 and RFC 6531', () => {
  const identity = context('submission', 'account' as never).identity;
  const name = (who: Partial<TransactionContext>, smtpUtf8 = false): string | undefined =>
    / with (\w+)/.exec(text(who, { smtpUtf8 }))?.[1];
  assert.equal(name({ protocol: 'SMTP' }), 'SMTP');
  assert.equal(name({}), 'ESMTP');
  assert.equal(name({ tls }), 'ESMTPS');
  assert.equal(name({ tls, identity }), 'ESMTPSA');
  assert.equal(name({ tls }, true), 'UTF8SMTPS');
  assert.equal(name({ protocol: 'LMTP' }), 'LMTP');
  assert.equal(name({ protocol: 'LMTP', tls }, true), 'UTF8LMTPS');
});

test('nothing that a peer says ends the field or opens another (S-05)', () => {
  for (const helo of ['a\r\nBcc: x\r\n\r\nbody', '(', 'x'.repeat(300), '\u202e', '[1.2.3.4', 'a b', '']) {
    const field = text({ helo });
    const names = splitHeaderText(field).fields.map((one) => one.name);
    assert.deepEqual(names, ['received']);
    assert.match(field, /^Received: from unknown \(/, helo);
    assert.equal(parseDate(field.slice(field.lastIndexOf(';') + 1)), nowMs);
  }
});
