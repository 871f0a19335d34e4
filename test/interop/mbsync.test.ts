import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ImapReader, type SeenMessage } from '#test/peers/imap-reader.ts';
import { startDovecot } from '#test/peers/dovecot.ts';
import { fetchCertificate } from '#test/peers/fetch-certificate.ts';
import { makeFolder, missingPeer, removeFolder, runClient } from '#test/peers/peer.ts';
import { startPostern } from '#test/peers/postern.ts';
import { realMail, suitesFolder } from './mail-text.ts';

const missing =
  missingPeer('dovecot', 'mbsync') ?? (suitesFolder === undefined ? 'POSTERN_SUITES is not set' : undefined);
const user = 'someone@example.test';
const password = 'a password for mbsync';
const flagSets = ['', '\\Seen', '\\Seen \\Answered', '\\Flagged', '\\Draft \\Seen'];

test(
  'mbsync copies 1,000 real messages from Dovecot to Postern and back with nothing changed',
  { skip: missing ?? false },
  async (t) => {
    const dir = makeFolder('mbsync');
    const first = await startDovecot({ users: [user], password });
    const last = await startDovecot({ users: [user], password });
    const postern = await startPostern();
    t.after(async () => {
      await Promise.all([first.stop(), last.stop(), postern.end()]);
      removeFolder(dir);
    });
    const added = await postern.postern(['account', 'add', user, '--password-stdin'], `${password}\n`);
    assert.equal(added.code, 0, added.output);

    const source = await ImapReader.connect({ port: first.imapPort, user, password });
    for (const [index, message] of realMail(1000).entries()) {
      const date = new Date(Date.UTC(2020, 0, 1, 0, 0, index * 61));
      await source.append('INBOX', message, flagSets[index % flagSets.length] ?? '', date);
    }
    const before = await source.everything('INBOX');
    await source.close();
    assert.equal(before.length, 1000);

    await synchronise(dir, 'one', first.imapPort, postern.port('imap', 'starttls'));
    const middle = await readAll(postern.port('imap', 'starttls'));
    assertSame(middle, before, 'on Postern');

    await synchronise(dir, 'two', postern.port('imap', 'starttls'), last.imapPort);
    assertSame(await readAll(last.imapPort), before, 'back on Dovecot');
  },
);

function assertSame(found: readonly SeenMessage[], expected: readonly SeenMessage[], where: string): void {
  assert.equal(found.length, expected.length, where);
  for (const [index, message] of expected.entries())
    assert.deepEqual(found[index], message, `message ${String(index)} ${where}`);
}

/** mbsync puts a field of its own into what it copies, to find it again; everything else must be as it was. */
async function readAll(port: number): Promise<readonly SeenMessage[]> {
  const reader = await ImapReader.connect({ port, user, password });
  const found = await reader.everything('INBOX');
  await reader.close();
  return found.map((message) => ({
    ...message,
    body: message.body.replace(/^X-TUID: [A-Za-z0-9+/]{12}\r\n/m, ''),
  }));
}

async function synchronise(dir: string, name: string, fromPort: number, toPort: number): Promise<void> {
  const file = join(dir, `${name}.rc`);
  mkdirSync(join(dir, name));
  const store = (label: string, port: number): string => `
IMAPAccount ${label}
Host localhost
Port ${String(port)}
User ${user}
Pass "${password}"
SSLType STARTTLS
SSLVersions TLSv1.3
CertificateFile ${dir}/${label}.pem
PipelineDepth 50

IMAPStore ${label}
Account ${label}
`;
  writeFileSync(join(dir, 'from.pem'), await fetchCertificate(fromPort, 'imap'));
  writeFileSync(join(dir, 'to.pem'), await fetchCertificate(toPort, 'imap'));
  const channel = `
Channel copy
Far :from:
Near :to:
Patterns INBOX
Create Near
Sync All
CopyArrivalDate yes
SyncState ${dir}/${name}/
`;
  writeFileSync(file, store('from', fromPort) + store('to', toPort) + channel);
  const outcome = await runClient('mbsync', ['-c', file, 'copy'], { timeoutMs: 300_000 });
  assert.equal(outcome.code, 0, outcome.output);
}
