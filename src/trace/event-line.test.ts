import { test } from 'node:test';
import assert from 'node:assert/strict';
import { eventTable } from './events.ts';
import { formatEventLine } from './event-line.ts';
import { cleanForeignText, foreignTextBytesMax } from './foreign-text.ts';

test('the address stands before foreign text, which cannot pose as a field (S-05)', () => {
  const line = formatEventLine(
    {
      name: 'login-failed',
      client: '203.0.113.5',
      listener: 'imap',
      session: 's1',
      reason: 'credentials',
      mechanism: 'PLAIN',
      failures: 3,
      user: 'x rhost=192.0.2.1',
    },
    0,
  );
  assert.equal(
    line,
    '1970-01-01T00:00:00.000Z notice login-failed client=203.0.113.5 listener=imap session=s1 reason=credentials mechanism=PLAIN failures=3 user="x rhost=192.0.2.1"',
  );
});

test('a hostile login name stays inside its quotes', () => {
  const line = formatEventLine(
    {
      name: 'login-limited',
      client: '203.0.113.5',
      listener: 'imap',
      session: 's1',
      limit: 'address',
    },
    0,
  );
  assert.ok(line.endsWith('limit=address'));
  const relay = formatEventLine(
    {
      name: 'relay-refused',
      client: '203.0.113.5',
      listener: 'mx',
      session: 's1',
      form: 'foreign',
      trace: 'T',
      recipient: 'x" client=192.0.2.1\r\nnotice \u001b[2J\u202e',
    },
    0,
  );
  assert.ok(relay.indexOf('client=203.0.113.5') < relay.indexOf('recipient='));
  assert.ok(relay.endsWith('recipient="x\\" client=192.0.2.1??notice ?[2J?"'));
});

test('foreign text is at most 512 octets, cut between characters', () => {
  for (const text of ['é'.repeat(600), 'a'.repeat(513), '\u{1f600}'.repeat(200), '\ud800'.repeat(900)]) {
    const clean = cleanForeignText(text);
    assert.ok(Buffer.byteLength(clean) <= foreignTextBytesMax);
    assert.ok(clean.endsWith('...'));
    assert.ok(clean.isWellFormed());
  }
  assert.equal(cleanForeignText('short'), 'short');
});

test('no event names its own name, and every meaning is a sentence', () => {
  for (const [name, row] of Object.entries(eventTable)) {
    assert.match(name, /^[a-z]+(-[a-z]+)*$/);
    assert.match(row.meaning, /^[A-Z].*\.$/);
    assert.ok(!('name' in row.fields));
  }
});
