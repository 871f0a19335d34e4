import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { docxOf, flate, pdfOf, qrJpeg, qrPng, zipOf } from '#content/attachments/files.fixture.ts';
import { missingPeer, type Peer } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';
import { SmtpWriter } from '#test/peers/smtp-writer.ts';
import { startUnbound } from '#test/peers/unbound.ts';

const skip = missingPeer('unbound') ?? false;

const zone = [
  '. 300 IN NS a.root.test.',
  'honest.test. 300 IN MX 10 client.test.',
  'client.test. 300 IN A 203.0.113.5',
  'test.surbl.org.multi.surbl.org. 300 IN A 127.0.0.254',
  'evil.com.multi.surbl.org. 300 IN A 127.0.0.8',
];

interface Traced {
  readonly facts: {
    readonly links?: { readonly places?: readonly string[]; readonly unread?: readonly string[] };
  };
}

describe('links in files, over SMTP and a real resolver', { skip, timeout: 240_000 }, () => {
  let unbound: Peer;
  let server: Postern;

  before(async () => {
    unbound = await startUnbound(zone);
    server = await startPostern({
      outbound: { resolverPort: unbound.port, port: 25 },
      configure: (text) => text.replace(/(role = "mx"\n)/, '$1xclient = ["test"]\n'),
    });
    await server.administer('settings set', { name: 'smtp.greeting_delay', value: '0' });
    await server.administer('settings set', { name: 'policy.greylisting', value: 'false' });
    await cli('policy', 'set', 'surbl', '--action', 'refuse');
  });
  after(async () => {
    await server.end();
    await unbound.stop();
  });

  async function cli(...words: readonly string[]): Promise<string> {
    const { code, output } = await server.postern(words);
    assert.equal(code, 0, `${words.join(' ')}: ${output}`);
    return output;
  }

  async function send(message: string): Promise<string> {
    const writer = await SmtpWriter.connect(server.port('mx'));
    try {
      const became = await writer.command('XCLIENT ADDR=203.0.113.5 HELO=client.test PROTO=ESMTP');
      if (!became.startsWith('220')) return became;
      await writer.command('EHLO client.test');
      return await writer.send('a@honest.test', [server.address], message);
    } finally {
      writer.close();
    }
  }

  async function lastLinks(): Promise<NonNullable<Traced['facts']['links']>> {
    const { items } = JSON.parse(await cli('trace', 'list', '--json', '--limit', '1')) as {
      readonly items: readonly Traced[];
    };
    return items[0]?.facts.links ?? {};
  }

  function withFile(file: Buffer): string {
    const coded = file.toString('base64').replaceAll(/(.{76})/g, '$1\r\n');
    return `From: a@honest.test\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\nContent-Type: application/octet-stream; name="file"\r\nContent-Transfer-Encoding: base64\r\n\r\n${coded}\r\n--b--\r\n`;
  }

  for (const [name, file, where] of [
    ['a QR code in a PNG', qrPng('https://evil.com/x'), /QR code/],
    ['a QR code in a JPEG', qrJpeg('https://evil.com/x'), /QR code/],
    [
      'a PDF',
      pdfOf(
        [],
        [
          {
            dictionary: '/Type /ObjStm /Filter /FlateDecode',
            content: flate('<< /URI (http://evil.com) >>'),
          },
        ],
      ),
      /URI/,
    ],
    [
      'a document in an archive',
      zipOf([{ name: 'a.docx', content: docxOf('https://evil.com/') }]),
      /a\.docx, word/,
    ],
  ] as const)
    test(`P-27: ${name} that leads to a listed domain is refused, and the trace says where`, async () => {
      assert.match(await send(withFile(file)), /^550 5\.7\.1 a domain in your message is listed by SURBL/);
      assert.match((await lastLinks()).places?.join() ?? '', where);
    });

  test('P-27: `policy test` looks into files as the server does', async () => {
    const file = join(tmpdir(), `postern-links-${process.pid}.eml`);
    await writeFile(file, withFile(qrPng('https://evil.com/x')));
    try {
      const said = await cli('policy', 'test', file, '--ip', '203.0.113.5', '--from', 'a@honest.test');
      assert.match(said, /SURBL lists a link to evil\.com/);
    } finally {
      await rm(file);
    }
  });

  test('P-27: a link behind two megabytes of words is found', async () => {
    const words = 'so many words that nobody reads them all to the end of it\r\n'.repeat(36_000);
    assert.match(await send(`From: a@honest.test\r\n\r\n${words}http://evil.com/\r\n`), /^550 5\.7\.1/);
  });

  test('P-28: a file that cannot be looked into is taken, and the trace says so', async () => {
    const locked = zipOf([{ name: 'a.html', content: 'x', isEncrypted: true }]);
    assert.match(await send(withFile(locked)), /^250/);
    assert.match((await lastLinks()).unread?.join() ?? '', /a\.html is encrypted/);
  });
});
