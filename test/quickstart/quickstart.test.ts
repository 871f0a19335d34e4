import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ImapReader } from '#test/peers/imap-reader.ts';
import { eventually, runClient } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';
import { TlsTalk } from '#test/peers/tls-talk.ts';
import { SmtpWriter } from '#test/peers/smtp-writer.ts';

const binary = join(import.meta.dirname, '../../bin/postern');

describe('a fresh quick start', () => {
  let server: Postern;

  before(async () => {
    server = await startPostern();
  });
  after(() => server.end());

  test('says on one line of JSON what listens, where the data is, and one password', () => {
    const { ready } = server;
    assert.equal(ready.domain, 'example.test');
    assert.equal(ready.accounts[0]?.address, 'user@example.test');
    assert.ok(server.password.length >= 20);
    const roles = new Set(ready.listeners.map((row) => `${row.role} ${row.tls}`));
    assert.deepEqual([...roles].sort(), [
      'http implicit',
      'imap implicit',
      'imap starttls',
      'lmtp none',
      'mx starttls',
      'pop3 implicit',
      'pop3 starttls',
      'submission implicit',
      'submission starttls',
    ]);
    assert.ok(ready.listeners.every((row) => row.address === '127.0.0.1' || row.address === '::1'));
    assert.match(ready.certificateSha256, /^[0-9A-F:]+$/);
  });

  test('the data is for its owner only, and the master key is not in it', () => {
    assert.equal(statSync(server.ready.dataDir).mode & 0o077, 0);
    assert.equal(statSync(join(server.ready.dataDir, 'control.sock')).mode & 0o077, 0);
    const keys = `${server.ready.dataDir}-keys/master.key`;
    assert.equal(statSync(keys).mode & 0o777, 0o600);
    assert.ok(
      !readdirSync(server.ready.dataDir, { recursive: true }).some((name) =>
        String(name).endsWith('master.key'),
      ),
    );
  });

  test('a message is received, read, and there again after a stop and a start; the password is shown only once', async () => {
    const writer = await SmtpWriter.connect(server.port('mx'));
    assert.match(
      await writer.send(
        'someone@elsewhere.test',
        [server.address],
        'From: someone@elsewhere.test\r\nSubject: first\r\n\r\nhello\r\n',
      ),
      /^250 /,
    );
    writer.close();
    await eventually('the message arrives', async () => (await subjects(server)).includes('first'));
    await server.stop();
    const again = await server.again();
    server = again;
    assert.equal(again.ready.accounts[0]?.password ?? null, null);
    assert.deepEqual(await subjects(server), ['first']);
  });

  test('the postmaster is reached at our addresses, relaying is refused, and the trace of the attempt is found by the code in the reply (P-09, I-13, N-2)', async () => {
    const writer = await SmtpWriter.connect(server.port('mx'));
    await writer.command('MAIL FROM:<someone@elsewhere.test>');
    for (const to of ['Postmaster', 'postmaster@[127.0.0.1]', 'postmaster@[IPv6:::1]']) {
      assert.match(await writer.command(`RCPT TO:<${to}>`), /^250 /, to);
    }
    const refused = await writer.command('RCPT TO:<victim@other.test>');
    writer.close();
    assert.match(refused, /^550 5\.7\.1 /);
    const id = /\[T:([0-9A-Z]+)\]/.exec(refused)?.[1] ?? '';
    await eventually(
      'the trace is there',
      async () => (await server.postern(['trace', 'show', id])).code === 0,
    );
    const shown = await server.postern(['trace', 'show', id]);
    assert.match(shown.output, /victim@other\.test/);
  });

  test('a second server on the same ports names the port and the way out, and leaves nothing behind', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'postern-busy-'));
    const data = join(dir, 'data');
    const outcome = await runClient(binary, [
      'quickstart',
      '--data',
      data,
      '--port-offset',
      String(server.offset),
    ]);
    assert.equal(outcome.code, 1, outcome.output);
    assert.match(outcome.output, /--port-offset/);
    assert.ok(!existsSync(data) && !existsSync(`${data}-keys`), readdirSync(dir).join(' '));
    rmSync(dir, { recursive: true });
  });

  test('a new password ends what the old one had opened, in every protocol', async () => {
    const [name, secret] = ['second@example.test', 'a rather long phrase'];
    assert.equal((await server.postern(['account', 'add', name, '--password-stdin'], secret)).code, 0);
    const imap = await TlsTalk.connect(server.port('imap', 'implicit'));
    await imap.say(`a LOGIN ${name} "${secret}"`, /^a OK /m);
    await imap.say('b SELECT INBOX', /^b OK /m);
    await imap.say('c IDLE', /^\+ /m);
    const pop3 = await TlsTalk.connect(server.port('pop3', 'implicit'));
    await pop3.say(`USER ${name}`, /^\+OK .*\r\n/m);
    await pop3.say(`PASS ${secret}`, /Logged in/);
    const smtp = await TlsTalk.connect(server.port('submission', 'implicit'));
    await smtp.say('EHLO client.test', /^250 /m);
    await smtp.say(`AUTH PLAIN ${Buffer.from(`\0${name}\0${secret}`).toString('base64')}`, /^235 /m);
    const other = await TlsTalk.connect(server.port('imap', 'implicit'));
    await other.say(`a LOGIN ${server.address} "${server.password}"`, /^a OK /m);
    await server.postern(['account', 'password', name, '--password-stdin'], 'another long phrase');
    assert.match(await imap.end(), /^\* BYE /m);
    assert.match(await pop3.end(), /^-ERR /m);
    assert.match(await smtp.end(), /^421 4\.7\.0 /m);
    await other.say('b NOOP', /^b OK /m);
    const late = await TlsTalk.connect(server.port('imap', 'implicit'));
    await late.say(`a LOGIN ${name} "${secret}"`, /^a NO /m);
    for (const talk of [other, late]) talk.close();
  });

  test('a disabled account is ended and kept out, and let in again', async () => {
    const imap = await TlsTalk.connect(server.port('imap', 'implicit'));
    await imap.say(`a LOGIN ${server.address} "${server.password}"`, /^a OK /m);
    assert.equal((await server.postern(['account', 'disable', server.address])).code, 0);
    assert.match(await imap.end(), /^\* BYE /m);
    const late = await TlsTalk.connect(server.port('imap', 'implicit'));
    await late.say(`a LOGIN ${server.address} "${server.password}"`, /^a NO /m);
    assert.equal((await server.postern(['account', 'enable', server.address])).code, 0);
    await late.say(`b LOGIN ${server.address} "${server.password}"`, /^b OK /m);
    late.close();
  });

  test('stopping lets a body end, says goodbye to who waits, and interrupts what does not end', async () => {
    const stopping = await startPostern();
    const idle = await TlsTalk.connect(stopping.port('imap', 'implicit'));
    await idle.say('a NOOP', /^a OK /m);
    const ending = await SmtpWriter.connect(stopping.port('mx'));
    const stuck = await SmtpWriter.connect(stopping.port('mx'));
    for (const writer of [ending, stuck]) {
      await writer.command('MAIL FROM:<someone@elsewhere.test>');
      await writer.command(`RCPT TO:<${stopping.address}>`);
      assert.match(await writer.command('DATA'), /^354 /);
    }
    const started = performance.now();
    const stopped = stopping.stop('SIGTERM');
    assert.match(await idle.end(), /^\* BYE /m);
    assert.ok(performance.now() - started < 3000, 'idle sessions are told at once');
    assert.match(await ending.command('From: a@elsewhere.test\r\nSubject: late\r\n\r\nkept\r\n.'), /^250 /);
    assert.match(await ending.reply(), /^421 4\.3\.2 /);
    assert.match(await stuck.reply(), /^421 4\.3\.2 /);
    await stopped;
    assert.ok(performance.now() - started < 10_000);
    const again = await stopping.again();
    assert.deepEqual(await subjects(again), ['late']);
    await again.end();
  });

  test('it stops within ten seconds on SIGTERM and exits 0', async () => {
    const other = await startPostern();
    const started = performance.now();
    await other.stop('SIGTERM');
    assert.ok(performance.now() - started < 10_000);
    await other.end();
  });
});

test('a port that something else holds is named', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'postern-busy-'));
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  const address = blocker.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const outcome = await runClient(binary, [
    'quickstart',
    '--data',
    join(dir, 'data'),
    '--port-offset',
    String(port - 25),
  ]);
  blocker.close();
  assert.equal(outcome.code, 1, outcome.output);
  assert.match(outcome.output, new RegExp(String(port)));
  assert.deepEqual(readdirSync(dir), []);
  rmSync(dir, { recursive: true });
});

async function subjects(server: Postern): Promise<readonly string[]> {
  const reader = await ImapReader.connect({
    port: server.port('imap', 'starttls'),
    user: server.address,
    password: server.password,
  });
  const messages = await reader.everything('INBOX');
  await reader.close();
  return messages.map((message) => /^Subject: (.*)\r$/m.exec(message.body)?.[1] ?? '');
}
