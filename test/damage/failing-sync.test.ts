import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually, makeFolder, removeFolder } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';
import {
  accountId,
  addAccount,
  deliver,
  deliverAll,
  eventuallySubjects,
  openImap,
  queueOf,
  type Login,
} from './mail.ts';
import { makeFailingSync, noFailingSync, type FailingSync } from './failing-sync.ts';

/* STORAGE §2: after a failed fsync the file is fenced; its mail waits, its logins are told, the others go on. */
describe('a disk whose fsync fails', { skip: noFailingSync ?? false }, () => {
  const dir = makeFolder('sync');
  let disk: FailingSync;
  let server: Postern;
  let one: Login;
  let two: Login;
  let id: string;

  before(async () => {
    disk = await makeFailingSync(dir);
    server = await startPostern({ env: disk.env });
    one = { address: server.address, password: server.password };
    two = await addAccount(server, 'two@example.test');
    id = await accountId(server, one.address);
    await deliverAll(server, one.address, ['before']);
    await eventuallySubjects(server, one, ['before']);
    await queueIsEmpty(server);
  });

  after(async () => {
    await server.end();
    removeFolder(dir);
  });

  test('of one account: a change is not confirmed, its mail is taken and waits, others go on, nothing is bounced', async () => {
    const reader = await openImap(server, one);
    await reader.command('SELECT INBOX');
    disk.fail(`${id}.db`);
    await assert.rejects(
      reader.append('INBOX', Buffer.from('Subject: never promised\r\n\r\nx\r\n'), '', new Date()),
      / NO \[UNAVAILABLE\] .*try again later/,
    );
    assert.match(await deliver(server, one.address, 'waits'), /^250 /);
    await deliverAll(server, two.address, ['two goes on']);
    await eventuallySubjects(server, two, ['two goes on']);
    await eventually('the queue says why it waits', async () => {
      const items = await queueOf(server);
      return items.some(({ recipients }) =>
        /sync failed|disk I\/O|EIO|i\/o error/i.test(recipients[0]?.last?.reply ?? ''),
      );
    });
    const items = await queueOf(server);
    assert.deepEqual(
      items.map(({ recipients }) => recipients.map(({ address }) => address)),
      [[one.address]],
    );
  });

  test('the log names the file and the way out', () => {
    const log = server.log();
    assert.match(log, new RegExp(`${id}\\.db`));
    assert.match(log, /account-fenced .*(EIO|I\/O error)/i);
    assert.match(log, /move the data folder to another one/);
  });

  test('once the disk is well, the same process opens the file again and delivers what waited, once', async () => {
    disk.mend();
    await eventually(
      'the mail arrives',
      async () => {
        const reader = await openImap(server, one).catch(() => undefined);
        const found = await reader?.everything('INBOX').catch(() => []);
        await reader?.close();
        return found?.some(({ body }) => body.includes('Subject: waits\r\n')) ?? false;
      },
      60_000,
    );
    await server.stop();
    server = await server.again();
    await queueIsEmpty(server);
    const reader = await openImap(server, one);
    const found = await reader.everything('INBOX');
    await reader.close();
    assert.equal(found.filter(({ body }) => body.includes('Subject: waits\r\n')).length, 1);
    assert.equal(found.filter(({ body }) => body.includes('Subject: before\r\n')).length, 1);
  });

  test('of the queue: 451, never 250; a restart after the disk is well takes mail again', async () => {
    disk.fail('queue.db');
    for (const to of [one.address, two.address])
      assert.match(await deliver(server, to, 'not taken'), /^45[12] /);
    await eventuallySubjects(server, two, ['two goes on']);
    disk.mend();
    await server.stop();
    server = await server.again();
    await deliverAll(server, two.address, ['taken again']);
    await eventually('it arrives', async () => {
      const reader = await openImap(server, two);
      const found = await reader.everything('INBOX');
      await reader.close();
      return found.some(({ body }) => body.includes('Subject: taken again\r\n'));
    });
  });

  test('of a large body: 451, never 250, and other mail goes on', async () => {
    disk.fail('/bodies/');
    const large = `${'x'.repeat(70)}\r\n`.repeat(3_000);
    assert.match(await deliver(server, two.address, 'large', large), /^45[12] /);
    await deliverAll(server, two.address, ['small']);
    disk.mend();
    assert.match(await deliver(server, two.address, 'large again', large), /^250 /);
  });

  test('of the directory: the change is not confirmed, mail goes on', async () => {
    disk.fail('directory.db');
    const made = await server.postern(['account', 'add', 'three@example.test', '--json']);
    assert.notEqual(made.code, 0, made.output);
    await deliverAll(server, two.address, ['still']);
    disk.mend();
  });
});

function queueIsEmpty(server: Postern): Promise<void> {
  return eventually('nothing waits', async () => (await queueOf(server)).length === 0, 60_000);
}
