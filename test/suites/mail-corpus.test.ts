import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { realMail, suitesFolder } from '#test/interop/mail-text.ts';
import { ImapReader } from '#test/peers/imap-reader.ts';
import { eventually } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';
import { SmtpWriter } from '#test/peers/smtp-writer.ts';

const skip = suitesFolder === undefined ? 'POSTERN_SUITES is not set' : false;
const count = 3_294;

/** Ham, spam and phishing as people really got it. */
describe('3,294 messages of real mail', { skip }, () => {
  let server: Postern;
  let reader: ImapReader;
  const messages = realMail(Number.POSITIVE_INFINITY);

  before(async () => {
    server = await startPostern();
    // What is wild in it shall come back as it is.
    await server.administer('settings set', { name: 'policy.author.action', value: 'off' });
    reader = await ImapReader.connect({
      port: server.port('imap', 'starttls'),
      user: server.address,
      password: server.password,
    });
  });
  after(() => server.end());

  test('go in by APPEND and come back byte for byte', async () => {
    assert.equal(messages.length, count);
    await reader.command('CREATE appended');
    for (const message of messages) await reader.append('appended', message, '', new Date(0));
    const back = await reader.everything('appended');
    assert.equal(back.length, count);
    for (const [index, message] of messages.entries()) {
      if (back[index]?.body !== message.toString('latin1'))
        assert.fail(`message ${String(index)} came back changed`);
    }
  });

  test('go through SMTP and come back with only our own fields in front', async () => {
    const writer = await SmtpWriter.connect(server.port('mx'));
    const accepted: Buffer[] = [];
    for (const message of messages) {
      const answer = await writer.send('corpus@elsewhere.test', [server.address], message.toString('latin1'));
      assert.match(answer, /^250 /);
      accepted.push(message);
    }
    writer.close();
    await eventually('all are delivered', async () => {
      const status = (await reader.command('STATUS INBOX (MESSAGES)')).toString('latin1');
      return status.includes(`MESSAGES ${String(accepted.length)})`);
    });
    const expected = accepted.map((message) => withFinalBreak(message.toString('latin1'))).sort();
    const back = (await reader.everything('INBOX')).map((message) => withoutOurFields(message.body)).sort();
    for (const [index, message] of expected.entries()) {
      if (back[index] !== message)
        assert.fail(
          `a message came back changed:\n${String(back[index]).slice(0, 500)}\n--- for ---\n${message.slice(0, 500)}`,
        );
    }
  });
});

/** What DATA cannot say otherwise: the last line ends with CR LF (RFC 5321 §4.1.1.4). */
function withFinalBreak(message: string): string {
  return message.endsWith('\r\n') ? message : `${message}\r\n`;
}

/** Takes Return-Path, Delivered-To and Received off, each exactly once, in this order. */
function withoutOurFields(message: string): string {
  const ours =
    /^Return-Path: [^\r\n]*\r\n(?:Delivered-To: [^\r\n]*\r\n)?Received: [^\r\n]*(?:\r\n[ \t][^\r\n]*)*\r\n/.exec(
      message,
    );
  assert.ok(ours !== null, `our fields are missing in ${message.slice(0, 300)}`);
  return message.slice(ours[0].length);
}
