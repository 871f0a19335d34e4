import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import {
  commandBytesMaxBeforeLogin,
  idleTimeoutMs,
  literalBytesMaxBeforeLogin,
  outputChunkBytes,
  timeoutMsAfterLogin,
} from './limits.ts';
import { TestServer, append, testMessage } from './server.fixture.ts';

test('before login a command has 8 KiB and its literals 4 KiB (S-09)', async () => {
  const server = await TestServer.start();
  const one = await server.connect();
  assert.equal(await one.say(`a LOGIN {${literalBytesMaxBeforeLogin}}`), '+ Ready\r\n');
  const more = await one.say(`${'x'.repeat(literalBytesMaxBeforeLogin)} {1}`);
  assert.match(more, /^a BAD \[TOOBIG\]/);
  assert.match(await one.say('b LOGIN {4097}'), /^b BAD \[TOOBIG\]/);
  assert.equal(one.over, false);
  assert.match(await one.say('c LOGIN x {4097+}'), /^c BAD \[TOOBIG\].*\r\n\* BYE \[TOOBIG\]/);
  assert.equal(one.over, true);
  const other = await server.connect();
  assert.match(await other.say(`a LOGIN ${'x'.repeat(commandBytesMaxBeforeLogin)} y`), /^a BAD .*\r\n\* BYE/);
  assert.equal(other.over, true);
});

test('lines and literals of one command share one limit', async () => {
  const server = await TestServer.start();
  const client = await server.connect();
  await client.say(`a LOGIN {1+}\r\nx${' '.repeat(8_000)}{1+}\r\nx`);
  assert.equal(client.waitsFor.kind === 'line' && client.waitsFor.limitBytes, commandBytesMaxBeforeLogin);
  await client.bytes(Buffer.from(`a LOGIN {1+}\r\n`));
  assert.deepEqual(client.waitsFor.kind, 'octets');
});

test('a guest has a minute to log in, whatever else is said meanwhile (S-09)', async () => {
  const server = await TestServer.start();
  const client = await server.connect();
  await server.clock.advance(50_000);
  await client.say('a NOOP');
  assert.equal(client.waitsFor.kind === 'line' && client.waitsFor.timeoutMs, 10_000);
  await client.say('b LOGIN user@example.test secret');
  assert.equal(client.waitsFor.kind === 'line' && client.waitsFor.timeoutMs, timeoutMsAfterLogin);
});

test('a failed login is answered late', async () => {
  const server = await TestServer.start();
  const client = await server.connect();
  await client.say('a LOGIN user@example.test wrong');
  assert.deepEqual(client.pausesMs, [1_000]);
});

test('IDLE waits 30 minutes in all, however much news there is (RFC 9051 §6.3.13)', async () => {
  const server = await TestServer.start();
  const client = await server.login('INBOX');
  assert.equal(await client.say('a IDLE'), '+ Idling\r\n');
  await server.clock.advance(10 * 60_000);
  const other = await server.login();
  await append(other, 'INBOX', testMessage(1));
  assert.equal(await client.hear(), '* 1 EXISTS\r\n');
  assert.equal(client.waitsFor.kind === 'line' && client.waitsFor.timeoutMs, idleTimeoutMs - 10 * 60_000);
  assert.match(await client.timeout(), /^\* BYE /);
});

test('a message of a mailbox that nobody has heard of yet is not touched by EXPUNGE', async () => {
  const server = await TestServer.start();
  const [one, other] = [await server.login('INBOX'), await server.login()];
  await append(other, 'INBOX', testMessage(1), '(\\Deleted) ');
  // The news comes with the tagged reply of EXPUNGE, so the message was unknown while it ran.
  assert.equal(await one.say('a EXPUNGE'), '* 1 EXISTS\r\na OK Expunged\r\n');
  assert.equal(await one.say('b EXPUNGE'), '* 1 EXPUNGE\r\nb OK Expunged\r\n');
});

test('a large body goes in and out in pieces and comes back byte for byte', async () => {
  const server = await TestServer.start();
  const client = await server.login('INBOX');
  const message = `Content-Type: application/x; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\n${'QUJD'.repeat(50_000)}\r\n`;
  assert.match(await append(client, 'INBOX', message), /a OK \[APPENDUID/);
  const whole = await client.say('b FETCH 1 BODY.PEEK[]');
  assert.equal(whole, `* 1 FETCH (BODY[] {${message.length}}\r\n${message})\r\nb OK Fetched\r\n`);
  const decoded = await client.say('c FETCH 1 (BINARY.SIZE[1] BINARY.PEEK[1]<149998.5>)');
  assert.equal(decoded, '* 1 FETCH (BINARY.SIZE[1] 150000 BINARY[1]<149998> {2}\r\nBC)\r\nc OK Fetched\r\n');
  const mime = await client.say('d FETCH 1 (BODY.PEEK[1.MIME] UID)');
  assert.match(mime, /BODY\[1\.MIME\] \{74\}\r\nContent-Type: application\/x; name=a\r\n[^]*UID 1\)/);
});

test('nothing of an APPEND that was broken off remains', async () => {
  const server = await TestServer.start();
  const client = await server.login('INBOX');
  await client.bytes(Buffer.from(`a APPEND INBOX {200000+}\r\n${'x'.repeat(100_000)}`));
  await client.close();
  const other = await server.login('INBOX');
  assert.match(await other.say('b STATUS INBOX (MESSAGES SIZE)'), /\(MESSAGES 0 SIZE 0\)/);
});

test('output is made in chunks, and no larger than the reader takes them', async () => {
  const server = await TestServer.start();
  const client = await server.login('INBOX');
  for (let n = 0; n < 400; n += 1) await append(client, 'INBOX', testMessage(n));
  const chunks = await client.chunks('a FETCH 1:* (FLAGS ENVELOPE BODYSTRUCTURE BODY.PEEK[])');
  assert.ok(chunks.length > 2);
  for (const chunk of chunks) assert.ok(chunk.length <= outputChunkBytes, String(chunk.length));
  assert.match(Buffer.concat(chunks).toString('latin1'), /\* 400 FETCH \([^]*a OK Fetched\r\n$/);
});

test('a store that fails in the middle of a literal ends the connection rather than lie about its size', async () => {
  const server = await TestServer.start();
  const client = await server.login('INBOX');
  await append(client, 'INBOX', `a: b\r\n\r\n${'x'.repeat(100_000)}`);
  server.breakBodies();
  await assert.rejects(client.say('b FETCH 1 BODY.PEEK[]'), /broken off/);
});

test('a mailbox is watched once, however many sessions have it selected', async () => {
  const server = await TestServer.start();
  const clients = await Promise.all([server.login('INBOX'), server.login('INBOX')]);
  assert.equal(server.listeners, 1);
  for (const client of clients) await client.close();
  // Kept for the next SELECT, once.
  assert.equal(server.listeners, 1);
  await server.login('INBOX');
  assert.equal(server.listeners, 1);
});

test('a FETCH goes on where the store left off, though messages went meanwhile', async () => {
  const server = await TestServer.start({ rowsMax: 2 });
  const client = await server.login('INBOX');
  for (let n = 1; n <= 7; n += 1) await append(client, 'INBOX', testMessage(n));
  const other = await server.login('INBOX');
  await other.say('a UID STORE 3,6:7 +FLAGS.SILENT (\\Deleted)');
  await other.say('b EXPUNGE');
  const answer = await client.say('c FETCH 1:* (UID ENVELOPE)');
  assert.deepEqual(
    Array.from(answer.matchAll(/FETCH \(UID (\d+) ENVELOPE/g), ([, uid]) => Number(uid)),
    [1, 2, 4, 5],
  );
  assert.match(answer, /c OK \[EXPUNGEISSUED\]/);
});

test('SENTON goes by the day that is written, whatever its zone (RFC 9051 §6.4.4)', async () => {
  const server = await TestServer.start();
  const client = await server.login('INBOX');
  for (const time of ['23:30:00 -0800', '00:30:00 +0900'])
    await append(client, 'INBOX', `Date: Mon, 1 Jan 2024 ${time}\r\n\r\nx\r\n`);
  assert.match(await client.say('a SEARCH SENTON 1-Jan-2024'), /^\* SEARCH 1 2\r\n/);
  assert.match(await client.say('b SEARCH OR SENTBEFORE 1-Jan-2024 SENTSINCE 2-Jan-2024'), /^\* SEARCH\r\n/);
});

test('a client that gets everything wrong is slowed, sent away and told of (S-09, I-87)', async () => {
  const server = await TestServer.start();
  const guest = await server.connect();
  for (let count = 1; count < 5; count += 1) {
    // What works in between makes up for nothing before the login.
    assert.match(await guest.say(`a${count} XYZZY\r\nb${count} NOOP`), /BAD[^]*OK/);
  }
  assert.match(await guest.say('a5 XYZZY'), /^a5 BAD[^\r]*\r\n\* BYE Too many/);
  assert.deepEqual(guest.pausesMs, [250, 500, 1000]);
  assert.deepEqual(server.events, [
    { name: 'protocol-errors', client: '192.0.2.1', listener: 'imap', session: 'test', errors: 5 },
  ]);
});

test('after login a thousand refusals in a row end the session, a few do not slow it (S-09)', async () => {
  const server = await TestServer.start();
  const client = await server.login();
  for (let count = 0; count < 400; count += 1)
    assert.match(await client.say('a STATUS nowhere (MESSAGES)'), /^a NO/);
  assert.deepEqual(client.pausesMs, []);
  for (let count = 0; count < 100; count += 1) await client.say('a NOOP');
  let said = '';
  let count = 0;
  for (; count < 1100 && !said.includes('BYE'); count += 1)
    said = await client.say('a STATUS nowhere (MESSAGES)');
  assert.ok(count >= 1000 && count <= 1001, `${count}`);
  assert.equal(server.events.at(-1)?.name, 'protocol-errors');
});

test('a password in the clear is refused and told of (P-34, I-87)', async () => {
  const server = await TestServer.start();
  const guest = await server.connect({ tls: false });
  assert.match(await guest.say('a LOGIN user@example.test secret'), /^a NO \[PRIVACYREQUIRED\]/);
  assert.match(await guest.say('b AUTHENTICATE PLAIN AGEAYg=='), /^b NO \[PRIVACYREQUIRED\]/);
  assert.deepEqual(
    server.events.map((event) => (event.name === 'login-before-tls' ? event.command : event.name)),
    ['LOGIN', 'AUTHENTICATE'],
  );
});
