import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { makeEd25519Key, makeRsaKey, recordOf, signAs } from '#mailauth/dkim/sign-as.fixture.ts';
import type { SignAs } from '#mailauth/dkim/sign-as.fixture.ts';
import { ImapReader } from '#test/peers/imap-reader.ts';
import { eventually, missingPeer, type Peer } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';
import { SmtpWriter } from '#test/peers/smtp-writer.ts';
import { startUnbound } from '#test/peers/unbound.ts';

const skip = missingPeer('unbound') ?? false;

const rsa = makeRsaKey(2048);
const ed25519 = makeEd25519Key();

/** As a zone file has it: strings of at most 255 octets. */
function txt(name: string, record: string): string {
  const strings = (record.match(/.{1,255}/g) ?? []).map((one) => `"${one}"`);
  return `${name} 300 IN TXT ${strings.join(' ')}`;
}

const zone = [
  '. 300 IN NS a.root.test.',
  '1.0.0.127.in-addr.arpa. 300 IN PTR client.test.',
  'client.test. 300 IN A 127.0.0.1',
  'signed.test. 300 IN MX 10 client.test.',
  txt('r._domainkey.signed.test.', recordOf(rsa)),
  txt('e._domainkey.signed.test.', recordOf(ed25519)),
  txt('two._domainkey.signed.test.', recordOf(rsa)),
  txt('two._domainkey.signed.test.', recordOf(ed25519)),
  txt('gone._domainkey.signed.test.', 'v=DKIM1; p='),
];

interface Row {
  readonly subject: string;
  readonly key: SignAs['key'];
  readonly tags: NonNullable<SignAs['tags']>;
  /** In Authentication-Results. */
  readonly expected: RegExp;
  readonly body?: string;
  readonly added?: string;
}

/** Larger than what is kept in memory: it comes back from the spool while it is hashed as it comes in. */
const large = `${'A'.repeat(76)}\r\n`.repeat(20_000);

const rows: readonly Row[] = [
  { subject: 'rsa', key: rsa, tags: { s: 'r' }, expected: /dkim=pass[^;]*header\.d=signed\.test/ },
  { subject: 'ed25519', key: ed25519, tags: { s: 'e' }, expected: /dkim=pass[^;]*header\.d=signed\.test/ },
  { subject: 'large', key: rsa, tags: { s: 'r', c: 'simple/simple' }, body: large, expected: /dkim=pass/ },
  { subject: 'dots', key: rsa, tags: { s: 'r' }, body: '.one\r\n..two\r\n', expected: /dkim=pass/ },
  { subject: 'changed', key: rsa, tags: { s: 'r' }, added: 'more\r\n', expected: /dkim=fail/ },
  { subject: 'partly', key: rsa, tags: { s: 'r', l: '7' }, added: 'more\r\n', expected: /dkim=policy/ },
  { subject: 'several', key: rsa, tags: { s: 'two' }, expected: /dkim=permerror/ },
  { subject: 'revoked', key: rsa, tags: { s: 'gone' }, expected: /dkim=permerror/ },
  { subject: 'missing', key: rsa, tags: { s: 'none' }, expected: /dkim=permerror/ },
];

describe('signed mail comes in over a real DNS', { skip }, () => {
  let unbound: Peer;
  let server: Postern;
  let reader: ImapReader;

  before(async () => {
    unbound = await startUnbound(zone);
    const first = await startPostern({ outbound: { resolverPort: unbound.port, port: 25 } });
    await first.stop();
    const { config } = first.ready;
    const text = readFileSync(config, 'utf8').replace('exempt = ["rate", "dns"]', 'exempt = ["rate"]');
    writeFileSync(config, text);
    server = await first.again();
    reader = await ImapReader.connect({
      port: server.port('imap', 'starttls'),
      user: server.address,
      password: server.password,
    });
  });
  after(async () => {
    await server.end();
    await unbound.stop();
  });

  for (const { subject, key, tags, body = 'hello\r\n', added = '', expected } of rows) {
    test(`${subject}: ${expected.source.slice(0, 20)} (P-20, I-41)`, async () => {
      const letter = `From: a@signed.test\r\nTo: ${server.address}\r\nSubject: ${subject}\r\n\r\n${body}`;
      const message = signAs(letter, { key, tags: { d: 'signed.test', ...tags } }) + added;
      const writer = await SmtpWriter.connect(server.port('mx'));
      assert.match(await writer.send('a@signed.test', [server.address], message), /^250 /);
      writer.close();
      let found = '';
      await eventually(`${subject} arrives`, async () => {
        const all = await reader.everything('INBOX');
        const seen = all.find((one) => one.body.includes(`Subject: ${subject}\r\n`));
        found = seen?.body ?? '';
        return found !== '';
      });
      const results = /Authentication-Results: [^]*?\r\n(?=\S)/.exec(found)?.[0] ?? '';
      assert.match(results.replaceAll(/\r\n\s+/g, ' '), expected);
    });
  }
});
