import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, makeFolder, removeFolder } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';
import { addAccount, deliverAll, eventuallySubjects, numbered, openImap, type Login } from './mail.ts';

describe('keys', () => {
  const root = makeFolder('keys');
  const mail = numbered('mail', 30);
  let server: Postern;
  let one: Login;
  let two: Login;

  before(async () => {
    server = await startPostern();
    one = { address: server.address, password: server.password };
    two = await addAccount(server, 'two@example.test');
    for (const { address } of [one, two]) await deliverAll(server, address, mail);
    for (const login of [one, two]) await eventuallySubjects(server, login, mail);
  });

  after(async () => {
    await server.end();
    removeFolder(root);
  });

  test('nothing to rotate, and a rotation unconfirmed, do nothing', async () => {
    assert.equal((await server.postern(['keys', 'rotate', '--yes'])).code, 2);
    assert.equal((await server.postern(['keys', 'rotate', '--accounts'])).code, 6);
    assert.equal((await server.postern(['keys', 'rotate', '--accounts', '--dry-run'])).code, 0);
  });

  test('account keys: a kill in the middle, and it goes on by itself after the restart; all mail reads on', async () => {
    const rotating = server.postern(['keys', 'rotate', '--accounts', '--yes']);
    await sleep(450);
    await server.stop('SIGKILL');
    await rotating;
    server = await server.again();
    for (const login of [one, two]) await eventuallySubjects(server, login, mail);
    await eventually('nothing is left to seal anew', async () => {
      const again = await server.postern(['keys', 'rotate', '--accounts', '--yes', '--json']);
      return (JSON.parse(again.output) as { accounts: { accounts: number } }).accounts.accounts === 2;
    });
    for (const login of [one, two]) await eventuallySubjects(server, login, mail);
    await server.stop();
    server = await server.again();
    for (const login of [one, two]) await eventuallySubjects(server, login, mail);
  });

  test('the master key: the running server goes on, the old key opens nothing any more, backups of before need it', async () => {
    const backup = join(root, 'backup');
    assert.equal((await server.postern(['backup', backup])).code, 0);
    const oldKey = join(`${server.dir}-keys`, 'master.key');
    const newKey = join(root, 'new.key');
    const rotated = await server.postern(['keys', 'rotate', '--to', newKey, '--yes']);
    assert.equal(rotated.code, 0, rotated.output);
    await eventuallySubjects(server, one, mail);
    await deliverAll(server, one.address, ['after']);
    assert.equal(
      (await server.postern(['keys', 'rotate', '--to', newKey, '--yes'])).code,
      5,
      'never over a key',
    );
    await server.stop();
    await assert.rejects(server.again(), /sealed under master key [0-9a-f]{16}, but [0-9a-f]{16} was given/);
    const config = readFileSync(server.ready.config, 'utf8');
    writeFileSync(server.ready.config, config.replace(/^master = .*$/m, `master = "file:${newKey}"`));
    server = await server.again();
    await eventuallySubjects(server, one, [...mail, 'after']);

    const reader = await openImap(server, one);
    await reader.command('SELECT INBOX');
    await reader.command('STORE 1:5 +FLAGS (\\Deleted)');
    await reader.command('EXPUNGE');
    await reader.close();
    const refused = await server.postern(['restore', backup, '--yes']);
    assert.equal(refused.code, 1);
    assert.match(refused.output, /--master FILE/);
    const restored = await server.postern(['restore', backup, '--master', oldKey, '--yes']);
    assert.equal(restored.code, 0, restored.output);
    await eventuallySubjects(server, one, [...mail, 'after']);
  });

  test('doctor warns until a recovery copy of the key in use is confirmed', async () => {
    const warned = await server.postern(['doctor']);
    const told = /postern settings set keys\.recovery_copy ([0-9a-f]{16})/.exec(warned.output);
    assert.ok(told, warned.output);
    assert.equal((await server.postern(['settings', 'set', 'keys.recovery_copy', told[1] ?? ''])).code, 0);
    assert.match((await server.postern(['doctor'])).output, /ok {3}recovery copy/);
    assert.ok(existsSync(join(root, 'new.key')));
  });
});
