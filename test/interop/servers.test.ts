import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { eximBinary, startExim, type Exim } from '#test/peers/exim.ts';
import { ImapReader } from '#test/peers/imap-reader.ts';
import { eventually, missingPeer, runClient, type Peer } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';
import { startDovecot, type Dovecot } from '#test/peers/dovecot.ts';
import { startPostfix, type Postfix } from '#test/peers/postfix.ts';
import { startUnbound } from '#test/peers/unbound.ts';
import { smallMessage } from './mail-text.ts';
import { submit } from './submit.ts';

const missing = missingPeer('postfix', 'unbound', 'dovecot', 'swaks', eximBinary);

/** Postern delivers where the test zone points; all peers listen on one port of different loopback addresses. */
describe('Postfix and Exim exchange mail with Postern both ways over TLS', { skip: missing ?? false }, () => {
  let resolver: Peer;
  let dovecot: Dovecot;

  before(async () => {
    resolver = await startUnbound([
      'postfix.test. 300 IN MX 10 mx.postfix.test.',
      'mx.postfix.test. 300 IN A 127.0.0.1',
      'exim.test. 300 IN MX 10 mx.exim.test.',
      'mx.exim.test. 300 IN A 127.0.0.1',
    ]);
    dovecot = await startDovecot({ users: ['reader@postfix.test'], password: 'peer' });
  });
  after(async () => {
    await Promise.all([resolver.stop(), dovecot.stop()]);
  });

  async function received(server: Postern, subject: string): Promise<string> {
    let body: string | undefined;
    await eventually(`Postern has "${subject}"`, async () => {
      const reader = await ImapReader.connect({
        port: server.port('imap', 'starttls'),
        user: server.address,
        password: server.password,
      });
      body = (await reader.everything('INBOX')).find((message) =>
        message.body.includes(`Subject: ${subject}\r\n`),
      )?.body;
      await reader.close();
      return body !== undefined;
    });
    return body ?? '';
  }

  test('Postfix', async (t) => {
    const postfix: Postfix = await startPostfix({
      hostname: 'mx.postfix.test',
      settings: [
        'virtual_mailbox_domains = postfix.test',
        'virtual_mailbox_maps = static:all',
        `virtual_transport = lmtp:inet:127.0.0.1:${String(dovecot.lmtpPort)}`,
        'smtp_tls_security_level = encrypt',
        `default_transport = error:nowhere`,
      ],
    });
    t.after(() => postfix.stop());
    const server = await startPostern({ outbound: { resolverPort: resolver.port, port: postfix.port } });
    t.after(() => server.end());
    await runClient('/usr/sbin/postconf', [
      '-c',
      postfix.config,
      `default_transport=smtp:[127.0.0.1]:${String(server.port('mx'))}`,
    ]);
    await runClient('/usr/sbin/postfix', ['-c', postfix.config, 'reload']);

    const message = smallMessage({
      from: 'writer@postfix.test',
      to: server.address,
      subject: 'from Postfix',
    });
    const handed = await runClient(
      '/usr/sbin/sendmail',
      ['-C', postfix.config, '-f', 'writer@postfix.test', server.address],
      { input: message },
    );
    assert.equal(handed.code, 0, handed.output);
    const inbound = await received(server, 'from Postfix');
    assert.match(inbound, /from mx\.postfix\.test .*\r\n(?:.*\r\n)*?.*with ESMTPS/);
    assert.match(inbound, /\.\. a line that begins with dots\r\n/);

    await submit(server, 'reader@postfix.test', 'to Postfix');
    await eventually('Dovecot behind Postfix has the message', async () =>
      (
        await dovecot.doveadm(
          '-f',
          'tab',
          'fetch',
          '-u',
          'reader@postfix.test',
          'hdr.subject',
          'mailbox',
          'INBOX',
        )
      ).includes('to Postfix'),
    );
    assert.match(postfix.log(), /TLS connection established from/);
    const stored = await dovecot.doveadm('fetch', '-u', 'reader@postfix.test', 'text', 'mailbox', 'INBOX');
    assert.match(stored, /\n\.\. a line that begins with dots/);
    await eventually("Postern's queue is empty", async () =>
      (await server.postern(['queue', 'list', '--json'])).output.includes('"items":[]'),
    );
  });

  test('Exim', async (t) => {
    const server = await startPostern();
    t.after(() => server.end());
    const exim: Exim = await startExim({
      hostname: 'mx.exim.test',
      domain: 'exim.test',
      next: { host: '127.0.0.1', port: server.port('mx') },
    });
    t.after(() => exim.stop());

    const handed = await exim.submit(
      'writer@exim.test',
      server.address,
      smallMessage({ from: 'writer@exim.test', to: server.address, subject: 'from Exim' }).replaceAll(
        '\r\n',
        '\n',
      ),
    );
    assert.equal(handed.code, 0, handed.output);
    const inbound = await received(server, 'from Exim');
    assert.match(inbound, /from mx\.exim\.test/);
    assert.match(inbound, /\r\n\.\. a line that begins with dots\r\n/);
    assert.match(exim.log(), / X=TLS1\.3:/);

    const sender = await startPostern({ outbound: { resolverPort: resolver.port, port: exim.port } });
    t.after(() => sender.end());
    await submit(sender, 'reader@exim.test', 'to Exim');
    await eventually(
      'Exim has the message',
      () => existsSync(exim.mailFile) && readFileSync(exim.mailFile, 'latin1').includes('Subject: to Exim'),
    );
    assert.match(exim.log(), /<= user@example\.test .*P=esmtps/);
    assert.match(readFileSync(exim.mailFile, 'latin1'), /^\.\. a line that begins with dots/m);
  });
});
