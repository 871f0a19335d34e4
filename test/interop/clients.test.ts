import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fetchCertificate } from '#test/peers/fetch-certificate.ts';
import { ImapReader } from '#test/peers/imap-reader.ts';
import { eventually, makeFolder, missingPeer, removeFolder, runClient } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';
import { startRecorder } from '#test/peers/recorder.ts';
import { smallMessage } from './mail-text.ts';

const missing = missingPeer('swaks', 'msmtp', 'curl', 'mutt', 'fetchmail', 'openssl', 'mbsync');

const inflatedByMutt = /zstrm_read: rc=0, consumed (\d+)\/\d+ bytes, produced (\d+)\//g;

describe('clients send and read', { skip: missing ?? false }, () => {
  const dir = makeFolder('clients');
  let server: Postern;
  const pem = join(dir, 'server.pem');

  before(async () => {
    server = await startPostern();
    writeFileSync(pem, await fetchCertificate(server.port('imap', 'starttls'), 'imap'));
  });
  after(async () => {
    await server.end();
    removeFolder(dir);
  });

  /** Waits until a message with this subject can be read over IMAP, and returns it. */
  async function arrived(subject: string): Promise<string> {
    let found: string | undefined;
    await eventually(`a message "${subject}" arrives`, async () => {
      const reader = await ImapReader.connect({
        port: server.port('imap', 'starttls'),
        user: server.address,
        password: server.password,
      });
      const messages = await reader.everything('INBOX');
      await reader.close();
      found = messages.find((message) => message.body.includes(`Subject: ${subject}\r\n`))?.body;
      return found !== undefined;
    });
    return found ?? '';
  }

  /** A message from outside, as it arrived. */
  async function received(subject: string): Promise<string> {
    const sent = await runClient('swaks', [
      '--server',
      `127.0.0.1:${String(server.port('mx'))}`,
      '--to',
      server.address,
      '--header',
      `Subject: ${subject}`,
    ]);
    assert.equal(sent.code, 0, sent.output);
    return await arrived(subject);
  }

  test('swaks as printed by the quick start', async () => {
    assert.match(await received('from swaks'), /^Return-Path: /);
  });

  test('swaks over STARTTLS, and a wrong recipient is refused in the session', async () => {
    const words = [
      '--server',
      `127.0.0.1:${String(server.port('mx'))}`,
      '--tls',
      '--header',
      'Subject: from swaks by TLS',
    ];
    const sent = await runClient('swaks', [...words, '--to', server.address]);
    assert.equal(sent.code, 0, sent.output);
    assert.match(await arrived('from swaks by TLS'), /with ESMTPS/);
    const refused = await runClient('swaks', [...words, '--to', 'nobody@example.test']);
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, /550 5\.1\.1 /);
  });

  for (const mechanism of ['PLAIN', 'LOGIN']) {
    test(`swaks submits with ${mechanism} on 587 and 465 (I-17, P-12)`, async () => {
      for (const [tls, option] of [
        ['starttls', '--tls'],
        ['implicit', '--tls-on-connect'],
      ] as const) {
        const subject = `submitted ${mechanism} ${tls}`;
        const port = String(server.port('submission', tls));
        const words = [
          '--server',
          `127.0.0.1:${port}`,
          option,
          '--auth',
          mechanism,
          '--auth-user',
          server.address,
          '--auth-password',
          server.password,
        ];
        const sent = await runClient('swaks', [
          ...words,
          '--from',
          server.address,
          '--to',
          server.address,
          '--header',
          `Subject: ${subject}`,
        ]);
        assert.equal(sent.code, 0, sent.output);
        assert.match(await arrived(subject), /with ESMTPSA/);
      }
    });
  }

  test('swaks with a wrong password is refused', async () => {
    const port = String(server.port('submission', 'starttls'));
    const words = [
      '--server',
      `127.0.0.1:${port}`,
      '--tls',
      '--auth',
      'PLAIN',
      '--auth-user',
      server.address,
      '--auth-password',
      'not the password',
    ];
    const sent = await runClient('swaks', [...words, '--from', server.address, '--to', server.address]);
    assert.notEqual(sent.code, 0);
    assert.match(sent.output, /535 5\.7\.8 /);
  });

  test('the trace of what was sent names account, mechanism, client and session (I-12)', async () => {
    const listed = await server.postern(['trace', 'list', '--json']);
    const { items } = JSON.parse(listed.output) as {
      readonly items: readonly { readonly id: string; readonly direction: string }[];
    };
    const submitted = await Promise.all(
      items.map(({ id }) => server.postern(['trace', 'show', id, '--json'])),
    );
    const sessions = submitted.map(
      ({ output }) =>
        (JSON.parse(output) as { readonly record: { readonly session: Readonly<Record<string, unknown>> } })
          .record.session,
    );
    const mine = sessions.find(
      (session) => session['role'] === 'submission' && session['mechanism'] === 'LOGIN',
    );
    assert.equal(mine?.['account'], server.address);
    assert.equal(mine?.['client'], '127.0.0.1');
    assert.ok(typeof mine?.['id'] === 'string');
  });

  test('who records a session over STARTTLS reads neither password nor message (I-01, I-21, I-22)', async (t) => {
    const recorder = await startRecorder(server.port('submission', 'starttls'));
    t.after(() => recorder.stop());
    const words = [
      '--server',
      `127.0.0.1:${String(recorder.port)}`,
      '--tls',
      '--auth',
      'PLAIN',
      '--auth-user',
      server.address,
      '--auth-password',
      server.password,
    ];
    const sent = await runClient('swaks', [
      ...words,
      '--from',
      server.address,
      '--to',
      server.address,
      '--header',
      'Subject: unreadable',
    ]);
    assert.equal(sent.code, 0, sent.output);
    const seen = recorder.seen();
    assert.match(seen, /STARTTLS/);
    for (const secret of [
      'unreadable',
      server.password,
      Buffer.from(`\0${server.address}\0${server.password}`).toString('base64'),
      'MAIL FROM',
    ]) {
      assert.ok(!seen.includes(secret), `"${secret}" was seen on the wire`);
    }
  });

  test('msmtp submits by SCRAM-SHA-256 (C-2)', async () => {
    const config = join(dir, 'msmtprc');
    const port = String(server.port('submission', 'starttls'));
    const lines = [
      'account default',
      'host localhost',
      `port ${port}`,
      'tls on',
      `tls_trust_file ${pem}`,
      'auth scram-sha-256',
      `user ${server.address}`,
      `password ${server.password}`,
      `from ${server.address}`,
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
    chmodSync(config, 0o600);
    const message = smallMessage({ from: server.address, to: server.address, subject: 'from msmtp' });
    const sent = await runClient('msmtp', ['-C', config, server.address], { input: message });
    assert.equal(sent.code, 0, sent.output);
    await arrived('from msmtp');
  });

  test('curl submits, and reads over IMAP and POP3 (I-15, I-16, C-3)', async () => {
    const login = [
      '--insecure',
      '--silent',
      '--show-error',
      '--user',
      `${server.address}:${server.password}`,
    ];
    const file = join(dir, 'curl.eml');
    writeFileSync(file, smallMessage({ from: server.address, to: server.address, subject: 'from curl' }));
    const url = `smtps://127.0.0.1:${String(server.port('submission', 'implicit'))}/client.example`;
    const sent = await runClient('curl', [
      ...login,
      url,
      '--mail-from',
      server.address,
      '--mail-rcpt',
      server.address,
      '--upload-file',
      file,
    ]);
    assert.equal(sent.code, 0, sent.output);
    await arrived('from curl');
    const search = await runClient('curl', [
      ...login,
      `imaps://127.0.0.1:${String(server.port('imap', 'implicit'))}/INBOX?SUBJECT%20%22from%20curl%22`,
    ]);
    assert.match(search.output, /\* SEARCH \d+/, search.output);
    const uid = /SEARCH (\d+)/.exec(search.output)?.[1] ?? '';
    const read = await runClient('curl', [
      ...login,
      `imaps://127.0.0.1:${String(server.port('imap', 'implicit'))}/INBOX;MAILINDEX=${uid}`,
    ]);
    assert.match(read.output, /Subject: from curl/);
    const list = await runClient('curl', [
      ...login,
      `pop3s://127.0.0.1:${String(server.port('pop3', 'implicit'))}/`,
    ]);
    assert.equal(list.code, 0, list.output);
    assert.ok(list.output.trim().split('\n').length >= 1);
    const first = await runClient('curl', [
      ...login,
      '--ssl-reqd',
      `pop3://127.0.0.1:${String(server.port('pop3', 'starttls'))}/1`,
    ]);
    assert.match(first.output, /^Return-Path:/);
  });

  for (const compressed of [false, true]) {
    test(`mutt reads the mailbox${compressed ? ', compressed (RFC 4978)' : ''}`, async () => {
      const subject = compressed ? 'read by mutt through compression' : 'read by mutt in the plain way';
      await received(subject);
      const home = join(dir, `mutt-${String(compressed)}`);
      mkdirSync(home);
      const copy = join(home, 'copy.mbox');
      const [name = '', domain = ''] = server.address.split('@');
      writeFileSync(
        join(home, 'muttrc'),
        [
          `set folder="imaps://127.0.0.1:${String(server.port('imap', 'implicit'))}/"`,
          `set imap_user="${name}@${domain}"`,
          `set imap_pass="${server.password}"`,
          `set imap_deflate=${compressed ? 'yes' : 'no'}`,
          'set spoolfile="+INBOX"',
          'set ssl_verify_host=no ssl_verify_dates=no',
          `set certificate_file="${pem}"`,
          'set ssl_starttls=yes copy=no confirmappend=no confirmcreate=no mbox_type=mbox quit=yes delete=no move=no wait_key=no sort=mailbox-order',
          `push "<tag-pattern>~s \\"${subject}\\"<enter><tag-prefix><copy-message>${copy}<enter><quit>"`,
          '',
        ].join('\n'),
      );
      const read = await runClient('script', ['-qec', `mutt -d 4 -F ${home}/muttrc`, '/dev/null'], {
        env: { HOME: home, TERM: 'xterm' },
        timeoutMs: 30_000,
      });
      assert.match(safeRead(copy), new RegExp(`Subject: ${subject}`), read.output.slice(-2000));
      // What mutt notes of each piece: as how much it came, and what it was.
      const pieces = [...safeRead(join(home, '.muttdebug0')).matchAll(inflatedByMutt)];
      const [came, was] = [1, 2].map((at) => pieces.reduce((sum, piece) => sum + Number(piece[at]), 0));
      assert.equal((was ?? 0) > (came ?? 0), compressed);
    });
  }

  test('fetchmail takes mail over POP3 and IMAP and hands it on byte for byte', async () => {
    const reader = await ImapReader.connect({
      port: server.port('imap', 'starttls'),
      user: server.address,
      password: server.password,
    });
    const expected = (await reader.everything('INBOX')).length;
    await reader.close();
    for (const [protocol, port] of [
      ['pop3', server.port('pop3', 'implicit')],
      ['imap', server.port('imap', 'implicit')],
    ] as const) {
      const home = join(dir, `fetchmail-${protocol}`);
      const maildir = join(home, 'mail');
      mkdirSync(maildir, { recursive: true });
      const config = join(home, 'rc');
      writeFileSync(
        config,
        `poll 127.0.0.1 protocol ${protocol} port ${String(port)} user "${server.address}" password "${server.password}" ssl sslcertck no keep fetchall mda "sh -c 'cat > ${maildir}/$$.eml'"\n`.replace(
          ' sslcertck no',
          ' no sslcertck',
        ),
      );
      chmodSync(config, 0o700);
      const taken = await runClient(
        'fetchmail',
        ['-f', config, '--nodetach', '--nosyslog', '-i', join(home, 'ids')],
        { env: { HOME: home, FETCHMAILHOME: home } },
      );
      assert.equal(taken.code, 0, taken.output);
      assert.equal(readdirSync(maildir).length, expected, taken.output);
    }
  });

  test('openssl: only TLS 1.2 and 1.3 with ephemeral keys (I-19, I-20, I-23)', async () => {
    const port = `127.0.0.1:${String(server.port('imap', 'implicit'))}`;
    const modern = await runClient('openssl', ['s_client', '-connect', port, '-brief'], {
      input: 'a LOGOUT\r\n',
    });
    assert.match(modern.output, /TLSv1\.3/);
    for (const old of ['-tls1', '-tls1_1']) {
      const refused = await runClient(
        'openssl',
        ['s_client', '-connect', port, old, '-cipher', 'ALL:@SECLEVEL=0'],
        { input: '' },
      );
      assert.doesNotMatch(refused.output, /Cipher is (?!\(NONE\))/, old);
    }
    const keyExchange = await runClient(
      'openssl',
      ['s_client', '-connect', port, '-tls1_2', '-cipher', 'kRSA:@SECLEVEL=0'],
      { input: '' },
    );
    assert.doesNotMatch(keyExchange.output, /Cipher is (?!\(NONE\))/);
  });
});

function safeRead(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
