import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { eventually, makeFolder, removeFolder } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';
import {
  addAccount,
  deliver,
  deliverAll,
  eventuallySubjects,
  numbered,
  openImap,
  subjectsOf,
  submit,
  type Login,
} from './mail.ts';

interface Restored {
  readonly accounts: number;
  readonly messages: number;
  readonly held: number;
  readonly erased: number;
  readonly replaced: readonly string[];
}

/* S-13: a restore never sends again, never revives what was revoked or erased, and never gives a UID twice. */
describe('backup, more mail, restore', () => {
  const root = makeFolder('backups');
  const folder = join(root, 'all');
  const large = 'A large body of many lines.\r\n'.repeat(6_000);
  let server: Postern;
  let one: Login;
  let two: Login;
  let erased: Login;

  before(async () => {
    server = await startPostern();
    one = { address: server.address, password: server.password };
    two = await addAccount(server, 'two@example.test');
    erased = await addAccount(server, 'erased@example.test');
    await deliverAll(server, one.address, numbered('kept', 5));
    assert.match(await deliver(server, one.address, 'large', large), /^250 /);
    await deliverAll(server, two.address, ['two']);
    await deliverAll(server, erased.address, ['secret']);
    await eventuallySubjects(server, one, [...numbered('kept', 5), 'large']);
    const waiting = { to: 'nobody@elsewhere.test', subject: 'waiting', body: 'x' };
    assert.match(await submit(server, one, waiting), /^250 /);
  });

  after(async () => {
    await server.end();
    removeFolder(root);
  });

  test('a backup of the running server is whole, sealed, private, and without the master key', async () => {
    const made = await server.postern(['backup', folder, '--json']);
    assert.equal(made.code, 0, made.output);
    const { accounts, missing } = JSON.parse(made.output) as { accounts: number; missing: unknown[] };
    assert.deepEqual([accounts, missing], [3, []]);
    const key = readFileSync(join(`${server.dir}-keys`, 'master.key'), 'utf8').trim();
    for (const name of readdirSync(folder, { recursive: true }).map(String)) {
      const path = join(folder, name);
      assert.equal(statSync(path).mode & 0o077, 0, path);
      if (!statSync(path).isFile()) continue;
      const bytes = readFileSync(path);
      for (const form of [key, Buffer.from(key, 'hex')]) assert.ok(!bytes.includes(form), path);
    }
    assert.equal(
      (await server.postern(['backup', folder])).code,
      5,
      'never into a folder that holds something',
    );
    const inside = await server.postern(['backup', join(server.dir, 'backup')]);
    assert.equal(inside.code, 2, inside.output);
    assert.ok(!existsSync(join(server.dir, 'backup')));
  });

  test('a dry run says what would come back and changes nothing; unconfirmed, nothing is done', async () => {
    await expunge(server, one, '1:3');
    const dry = await server.postern(['restore', folder, '--dry-run']);
    assert.equal(dry.code, 0, dry.output);
    assert.match(dry.output, /3 messages would be put back/);
    assert.equal((await server.postern(['restore', folder])).code, 6);
    await eventuallySubjects(server, one, ['kept-3', 'kept-4', 'large']);
  });

  test('one account, running server: what is missing comes back above all UIDs, what is new stays; twice adds nothing', async () => {
    await deliverAll(server, one.address, ['new']);
    await eventuallySubjects(server, one, ['kept-3', 'kept-4', 'large', 'new']);
    await expunge(server, one, '3');
    const before = await uids(server, one);
    const restored = await restore(server, [folder, '--account', one.address]);
    assert.deepEqual([restored.messages, restored.held, restored.replaced], [4, 0, []]);
    await eventuallySubjects(server, one, [...numbered('kept', 5), 'large', 'new']);
    const now = await uids(server, one);
    assert.equal(now.validity, before.validity);
    const given = [...now.bySubject].filter(([subject]) => !before.bySubject.has(subject));
    assert.equal(given.length, 4);
    for (const [subject, uid] of given) assert.ok(uid >= before.next, `${subject} has UID ${String(uid)}`);
    for (const [subject, uid] of before.bySubject) assert.equal(now.bySubject.get(subject), uid);
    assert.ok((await bodyOf(server, one, 'large')).endsWith(large), 'the large body came back whole');
    assert.equal((await restore(server, [folder, '--account', one.address])).messages, 0);
  });

  test('everything: revoked stays revoked, erased stays erased, what was sent does not go out again', async () => {
    const changed = await server.postern(
      ['account', 'password', two.address, '--password-stdin'],
      'a wholly different passphrase\n',
    );
    assert.equal(changed.code, 0, changed.output);
    const gone = await server.postern(['account', 'remove', erased.address, '--yes', '--json']);
    assert.equal(gone.code, 0, gone.output);
    const { keyGoneAt, backups } = JSON.parse(gone.output) as {
      readonly keyGoneAt: string;
      readonly backups: readonly { readonly folder: string }[];
    };
    assert.ok(backups.some((row) => row.folder === folder));
    const days = (Date.parse(keyGoneAt) - Date.now()) / 86_400_000;
    assert.ok(days > 29 && days < 31, keyGoneAt);
    await dropQueue(server);
    const namesake = await addAccount(server, erased.address);
    const restored = await restore(server, [folder]);
    assert.deepEqual([restored.messages, restored.held, restored.erased], [0, 1, 1]);
    await assert.rejects(openImap(server, two), / NO /);
    const again = { address: two.address, password: 'a wholly different passphrase' };
    await eventuallySubjects(server, again, ['two']);
    await assert.rejects(openImap(server, erased), / NO /);
    assert.deepEqual(await subjectsOf(server, namesake), [], 'the same address is not the same account');
    const waiting = await queueStates(server);
    assert.deepEqual(waiting, ['held']);
    assert.equal((await restore(server, [folder])).held, 0, 'a second restore adds it no second time');
  });

  test('a stopped server: the same command, the same answer', async () => {
    await expunge(server, one, '1:2');
    await server.stop();
    const dry = await server.postern(['restore', folder, '--dry-run']);
    assert.match(dry.output, /2 messages would be put back/);
    const restored = await restore(server, [folder]);
    assert.deepEqual([restored.messages, restored.held], [2, 0]);
    const second = join(root, 'stopped');
    assert.equal((await server.postern(['backup', second])).code, 0);
    server = await server.again();
    await eventuallySubjects(server, one, [...numbered('kept', 5), 'large', 'new']);
  });

  test('one account’s backup holds nobody else’s key, and restores that account', async () => {
    const single = join(root, 'single');
    const made = await server.postern(['backup', single, '--account', one.address, '--json']);
    assert.equal(made.code, 0, made.output);
    const files = readdirSync(single, { recursive: true }).map(String);
    assert.equal(files.filter((name) => /accounts\/../.test(name) && name.endsWith('.db')).length, 1);
    assert.ok(!files.some((name) => /queue|traces/.test(name)));
    const list = await server.postern(['account', 'list', '--json']);
    const { items } = JSON.parse(list.output) as { items: { id: string; address: string }[] };
    const keys = readFileSync(join(single, 'keys.db'));
    for (const { id, address } of items) assert.equal(keys.includes(id), address === one.address, address);
    await expunge(server, one, '1');
    assert.equal((await restore(server, [single])).messages, 1);
    assert.equal((await restore(server, [single, '--account', one.address])).messages, 0);
    const other = await server.postern(['restore', single, '--account', two.address, '--yes']);
    assert.equal(other.code, 4, other.output);
  });

  test('what is damaged, missing or another key’s is named before anything is changed', async () => {
    const damaged = join(root, 'damaged');
    cpSync(folder, damaged, { recursive: true });
    const account = readdirSync(join(damaged, 'accounts'), { recursive: true }).map(String);
    const file = join(damaged, 'accounts', account.find((name) => name.endsWith('.db')) ?? '');
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    rmSync(join(damaged, 'queue.db'));
    const refused = await server.postern(['restore', damaged, '--yes', '--json']);
    assert.equal(refused.code, 1);
    assert.ok(refused.output.includes(`${file} is damaged`), refused.output);
    assert.ok(refused.output.includes(`${join(damaged, 'queue.db')}: it is missing`), refused.output);
    rmSync(join(damaged, 'backup.json'));
    assert.match((await server.postern(['restore', damaged, '--yes'])).output, /holds no complete backup/);
    assert.equal((await server.postern(['restore', join(root, 'nowhere'), '--yes'])).code, 1);
  });

  test('a file that is out of use is set aside, and the account begun anew from the backup with new UIDVALIDITY', async () => {
    const fresh = join(root, 'fresh');
    assert.equal((await server.postern(['backup', fresh])).code, 0);
    const before = await uids(server, one);
    const id = await idOf(server, one.address);
    await server.stop();
    const path = join(server.dir, 'accounts', id.slice(-2), `${id}.db`);
    writeFileSync(path, Buffer.alloc(statSync(path).size, 7));
    server = await server.again();
    await assert.rejects(
      openImap(server, one).then((reader) => reader.command('SELECT INBOX')),
      / NO /,
    );
    await deliverAll(server, one.address, ['while out of use']);
    const restored = await restore(server, [fresh, '--account', one.address]);
    assert.deepEqual(restored.replaced, [id]);
    // Its next attempt may have been set just before the restore.
    const all = [...numbered('kept', 5), 'large', 'new', 'while out of use'];
    await eventuallySubjects(server, one, all, 60_000);
    assert.ok((await uids(server, one)).validity > before.validity);
    const beside = readdirSync(join(server.dir, 'accounts', id.slice(-2)));
    assert.ok(
      beside.some((name) => name.includes('damaged')),
      beside.join(' '),
    );
  });

  test('into an empty data folder: all of it, held, under new UIDVALIDITYs, and what cannot be known is said', async () => {
    let other = await startPostern();
    const before = await uids(server, one);
    try {
      await other.stop();
      for (const name of readdirSync(other.dir))
        if (/\.db|accounts|bodies/.test(name)) rmSync(join(other.dir, name), { recursive: true });
      const wrong = await other.postern(['restore', folder, '--yes']);
      assert.equal(wrong.code, 1);
      assert.match(wrong.output, /opens with master key/);
      cpSync(join(`${server.dir}-keys`, 'master.key'), join(`${other.dir}-keys`, 'master.key'));
      const done = await other.postern(['restore', folder, '--yes']);
      assert.equal(done.code, 0, done.output);
      assert.match(done.output, /Passwords changed and accounts removed after .* are not known here/);
      other = await other.again();
      const login = { address: one.address, password: one.password };
      await eventuallySubjects(other, login, [...numbered('kept', 5), 'large']);
      assert.ok((await uids(other, login)).validity > before.validity - 10);
      assert.deepEqual(await queueStates(other), ['held']);
    } finally {
      await other.end();
    }
  });

  test('a backup under load misses nothing that was acknowledged before it, and the server goes on', async () => {
    const folderUnderLoad = join(root, 'load');
    const before = numbered('before', 20);
    await deliverAll(server, two.address, before);
    const stopped = new AbortController();
    const load = keepSending(server, two.address, stopped.signal);
    const made = await server.postern(['backup', folderUnderLoad]);
    stopped.abort();
    const sent = await load;
    assert.equal(made.code, 0, made.output);
    assert.ok(sent > 3, `only ${String(sent)} were sent meanwhile`);
    const login = { address: two.address, password: 'a wholly different passphrase' };
    await eventuallySubjects(server, login, ['two', ...before, ...numbered('load', sent)]);
    await expunge(server, login, '1:*');
    const restored = await restore(server, [folderUnderLoad]);
    const held = await queueStates(server);
    assert.ok(restored.messages + held.length >= 1 + before.length, JSON.stringify(restored));
  });
});

async function keepSending(server: Postern, to: string, signal: AbortSignal): Promise<number> {
  let sent = 0;
  for (; !signal.aborted; sent += 1) assert.match(await deliver(server, to, `load-${String(sent)}`), /^250 /);
  return sent;
}

async function restore(server: Postern, words: readonly string[]): Promise<Restored> {
  const done = await server.postern(['restore', ...words, '--yes', '--json']);
  assert.equal(done.code, 0, done.output);
  return JSON.parse(done.output) as Restored;
}

async function expunge(server: Postern, login: Login, numbers: string): Promise<void> {
  const reader = await openImap(server, login);
  await reader.command('SELECT INBOX');
  await reader.command(`STORE ${numbers} +FLAGS.SILENT (\\Deleted)`);
  await reader.command('EXPUNGE');
  await reader.close();
}

async function uids(server: Postern, login: Login) {
  const reader = await openImap(server, login);
  const selected = (await reader.command('SELECT INBOX')).toString('latin1');
  const fetched = (await reader.command('UID FETCH 1:* (UID ENVELOPE)')).toString('latin1');
  await reader.close();
  const bySubject = new Map<string, number>();
  for (const line of fetched.split('\r\n')) {
    const uid = /UID (\d+)/.exec(line)?.[1];
    const subject = /ENVELOPE \((?:"[^"]*"|NIL) "([^"]*)"/.exec(line)?.[1];
    if (uid !== undefined && subject !== undefined) bySubject.set(subject, Number(uid));
  }
  const number = (pattern: RegExp): number => Number(pattern.exec(selected)?.[1]);
  return { validity: number(/UIDVALIDITY (\d+)/), next: number(/UIDNEXT (\d+)/), bySubject };
}

async function bodyOf(server: Postern, login: Login, subject: string): Promise<string> {
  const reader = await openImap(server, login);
  const messages = await reader.everything('INBOX');
  await reader.close();
  return messages.find(({ body }) => body.includes(`Subject: ${subject}\r\n`))?.body ?? '';
}

async function idOf(server: Postern, address: string): Promise<string> {
  const list = await server.postern(['account', 'list', '--json']);
  const { items } = JSON.parse(list.output) as { items: { id: string; address: string }[] };
  return items.find((row) => row.address === address)?.id ?? '';
}

interface QueueList {
  readonly items: readonly {
    readonly id: string;
    readonly recipients: readonly { readonly state: string }[];
  }[];
}

async function queueList(server: Postern): Promise<QueueList['items']> {
  const listed = await server.postern(['queue', 'list', '--json']);
  assert.equal(listed.code, 0, listed.output);
  return (JSON.parse(listed.output) as QueueList).items;
}

async function queueStates(server: Postern): Promise<readonly string[]> {
  const items = await queueList(server);
  return items.flatMap(({ recipients }) => recipients.map(({ state }) => state));
}

async function dropQueue(server: Postern): Promise<void> {
  await eventually('the queue is empty', async () => {
    for (const { id } of await queueList(server)) await server.postern(['queue', 'drop', id, '--yes']);
    return (await queueList(server)).length === 0;
  });
}
