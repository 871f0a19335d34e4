import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostern, type Postern } from '#test/peers/postern.ts';
import { SmtpWriter } from '#test/peers/smtp-writer.ts';
import {
  addAccount,
  deliver,
  deliverAll,
  eventuallySubjects,
  numbered,
  openImap,
  type Login,
} from './mail.ts';
import { makeSmallDisk, noSmallDisk, type SmallDisk } from './small-disk.ts';

const mebibyte = 1024 * 1024;
/** The server asks the file system once a second. */
const noticedMs = 1_200;

describe('a disk that fills up', { skip: noSmallDisk ?? false }, () => {
  let disk: SmallDisk;
  let server: Postern;
  let one: Login;
  let two: Login;
  const acknowledged = [...numbered('before', 12)];

  before(async () => {
    disk = await makeSmallDisk(260);
    server = await startPostern({ dir: join(disk.dir, 'data') });
    one = { address: server.address, password: server.password };
    two = await addAccount(server, 'two@example.test');
    await deliverAll(server, one.address, acknowledged);
    await deliverAll(server, two.address, ['mine']);
    await eventuallySubjects(server, one, acknowledged);
  });

  after(async () => {
    await server.end();
    await disk.end();
  });

  test('new mail is deferred while the reserve is left; it is not lost, not bounced, and the way out is told', async () => {
    disk.fill(100 * mebibyte);
    await sleep(noticedMs);
    for (const to of [one.address, 'postmaster@example.test'])
      assert.match(await deliver(server, to, 'refused'), /^452 4\.3\.1 /);
    const reader = await openImap(server, one);
    await assert.rejects(
      reader.append('INBOX', Buffer.from('Subject: kept out\r\n\r\nx\r\n'), '', new Date()),
      /\[UNAVAILABLE\]|\[OVERQUOTA\]| NO /,
    );
    await reader.close();
    assert.match(server.log(), /disk-full .*make room/);
    const found = await server.postern(['doctor']);
    assert.equal(found.code, 1);
    assert.match(found.output, /FAIL {2}disk: .*free at/);
  });

  test('meanwhile mail is read and deleted, and the control socket answers', async () => {
    const reader = await openImap(server, one);
    await reader.command('SELECT INBOX');
    await reader.command('STORE 1:4 +FLAGS (\\Deleted)');
    await reader.command('EXPUNGE');
    await reader.close();
    acknowledged.splice(0, 4);
    await eventuallySubjects(server, one, acknowledged);
    assert.equal((await server.postern(['account', 'list'])).code, 0);
    assert.equal((await server.postern(['queue', 'list'])).code, 0);
  });

  test('with not a byte left the server goes on answering, deferring and showing mail', async () => {
    disk.fill(0);
    assert.match(await deliver(server, two.address, 'refused too'), /^4\d\d /);
    await eventuallySubjects(server, two, ['mine']);
    assert.equal((await server.postern(['account', 'list'])).code, 0);
  });

  test('once there is room mail flows again, and everything acknowledged is there once, after a restart too', async () => {
    disk.empty();
    await sleep(noticedMs);
    await deliverAll(server, one.address, ['after']);
    await deliverAll(server, two.address, ['after']);
    acknowledged.push('after');
    await eventuallySubjects(server, one, acknowledged);
    await server.stop();
    server = await server.again();
    await eventuallySubjects(server, one, acknowledged);
    await eventuallySubjects(server, two, ['mine', 'after']);
  });

  test('a disk that fills in the middle of a large body: 452, and nothing of it stays', async () => {
    await sleep(noticedMs);
    const writer = await SmtpWriter.connect(server.port('mx'));
    for (const line of ['MAIL FROM:<a@elsewhere.test>', `RCPT TO:<${one.address}>`])
      assert.match(await writer.command(line), /^2/);
    assert.match(await writer.command('DATA'), /^354/);
    const line = `${'x'.repeat(70)}\r\n`;
    const piece = line.repeat(60_000);
    writer.write(`From: a@elsewhere.test\r\nSubject: large\r\n\r\n${piece}`);
    await sleep(300);
    disk.fill(0);
    assert.match(await writer.command(`${piece}.`), /^452 /);
    assert.match(await writer.command('NOOP'), /^250 /);
    writer.close();
    disk.empty();
    await sleep(noticedMs);
    assert.deepEqual(readdirSync(join(server.dir, 'bodies', 'new')), []);
    await eventuallySubjects(server, one, acknowledged);
  });

  test('a disk that fills in the middle of an APPEND: NO, and nothing of it stays', async () => {
    const reader = await openImap(server, one);
    const message = Buffer.from(`Subject: large\r\n\r\n${`${'y'.repeat(70)}\r\n`.repeat(60_000)}`);
    const filling = sleep(5).then(() => disk.fill(0));
    await assert.rejects(reader.append('INBOX', message, '', new Date()), / NO /);
    await filling;
    await reader.command('NOOP');
    disk.empty();
    await sleep(noticedMs);
    assert.deepEqual(readdirSync(join(server.dir, 'bodies', 'new')), []);
    await reader.append('INBOX', Buffer.from('Subject: small\r\n\r\nx\r\n'), '', new Date());
    await reader.close();
    acknowledged.push('small');
    await eventuallySubjects(server, one, acknowledged);
  });

  test('a backup that does not fit says so, and leaves nothing behind', async () => {
    disk.fill(200 * 1024);
    const folder = join(disk.dir, 'backup');
    const made = await server.postern(['backup', folder]);
    disk.empty();
    assert.notEqual(made.code, 0);
    assert.match(made.output, /full|no space|ENOSPC/i);
    assert.deepEqual(readdirSync(folder), []);
  });
});
