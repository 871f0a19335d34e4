import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AccountId } from '#base/id.ts';
import { queueEntry, remote } from '#store/contract-suite/queue-tests.ts';
import { sampleMessage } from '#store/contract-suite/sample-message.ts';
import { createAccount, mailboxId, must, mustFail } from '#store/contract-suite/store-under-test.ts';
import { accountSchema } from './account-schema.ts';
import { databaseName } from './account-file.ts';
import { diskFiles } from './files.ts';
import { keysSchema } from './keys-schema.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { clock, inFolder, random, secrets } from './store-folder.fixture.ts';
import type { Opened } from './store-folder.fixture.ts';

/* A data folder that lost a file, or got an older one: told with the way out, never begun anew, and nothing else destroyed. */

const tryOpen = (dir: string) => openSqliteStore({ dir, secrets, clock, random, threads: 'inline' });

/** An account with a message, and a message in the queue; closed. */
async function inUse(open: () => Promise<Opened>): Promise<AccountId> {
  const under = await open();
  const { id } = await createAccount(under, 'user');
  const inbox = await mailboxId(under, id, 'INBOX');
  must(await under.store.messages.append(id, inbox, [sampleMessage()]));
  must(await under.store.queue.add(queueEntry(under, [remote('a')])));
  await under.dispose();
  return id;
}

const losses: readonly (readonly [how: string, lose: (path: string) => Promise<unknown>, says: RegExp])[] = [
  ['missing', (path) => rm(path), /missing/],
  ['empty', (path) => truncate(path, 0), /empty/],
  ['cut to its first page', (path) => truncate(path, 4096), /is cut: 4096 of \d+ bytes are left/],
  ['cut by one page', async (path) => truncate(path, (await stat(path)).size - 4096), /is cut/],
];

for (const name of ['keys', 'directory', 'queue', 'traces'])
  for (const [how, lose, says] of losses) {
    const begunAnew = name === 'traces' && (how === 'missing' || how === 'empty');
    const outcome = begunAnew
      ? 'is begun anew, and told'
      : 'is named with the way out, and put back all is there';
    test(`${name}.db ${how}: it ${outcome}`, () =>
      inFolder(async (open, dir) => {
        const id = await inUse(open);
        const path = join(dir, `${name}.db`);
        const intact = await readFile(path);
        await lose(path);
        if (!begunAnew) {
          for (let time = 0; time < 2; time += 1) {
            const trouble = mustFail(await tryOpen(dir), 'fenced');
            assert.ok(trouble.code === 'fenced');
            assert.equal(trouble.file, path);
            assert.match(trouble.detail, says);
            assert.match(trouble.detail, /put the file back.*`postern restore`/);
          }
          await writeFile(path, intact);
        }
        const { store, events } = await open();
        assert.deepEqual(
          events.map((event) => event.name),
          begunAnew ? ['traces-lost'] : [],
        );
        assert.equal(must(await store.accounts.usage(id)).messages, 1);
        assert.deepEqual(must(await store.queue.counts()), { waiting: 1, leased: 0, held: 0 });
      }));
  }

test('all but the accounts are missing: nothing is begun anew over them', () =>
  inFolder(async (open, dir) => {
    await inUse(open);
    for (const name of ['keys', 'directory', 'queue', 'traces']) await rm(join(dir, `${name}.db`));
    mustFail(await tryOpen(dir), 'fenced');
    assert.deepEqual(
      (await readdir(dir)).filter((name) => name.endsWith('.db')),
      [],
    );
  }));

test('a first start that broke off after any of its files is begun again', async () => {
  const names = ['keys', 'directory', 'queue', 'traces'];
  for (let made = 0; made <= names.length; made += 1)
    await inFolder(async (open, dir) => {
      await (await open()).dispose();
      const keys = must(await diskFiles(dir).open('keys', keysSchema, 'existing'));
      keys.db.exec('DELETE FROM founded');
      await keys.close();
      for (const name of names.slice(made)) await rm(join(dir, `${name}.db`), { force: true });
      if (made < names.length) await writeFile(join(dir, `${names[made] ?? ''}.db`), '');
      await (await open()).dispose();
    });
});

test('a key ring older than an account: it is out of use, its mail waits, and nothing of it is destroyed', () =>
  inFolder(async (open, dir) => {
    const first = await open();
    const kept = await createAccount(first, 'kept');
    await first.dispose();
    const older = await readFile(join(dir, 'keys.db'));
    const second = await open();
    const younger = await createAccount(second, 'younger');
    const inbox = await mailboxId(second, younger.id, 'INBOX');
    must(await second.store.messages.append(younger.id, inbox, [sampleMessage()]));
    const waiting = { ...queueEntry(second, [remote('a')]), submitter: younger.id };
    must(await second.store.queue.add(waiting));
    await second.dispose();
    const newest = await readFile(join(dir, 'keys.db'));
    await writeFile(join(dir, 'keys.db'), older);

    const under = await open();
    const { store } = under;
    assert.deepEqual(
      under.events.map((event) => [event.name, 'account' in event ? event.account : undefined]),
      [['account-fenced', younger.id]],
    );
    must(await store.mailboxes.list(kept.id));
    const trouble = mustFail(await store.mailboxes.list(younger.id), 'fenced');
    assert.match(
      trouble.code === 'fenced' ? trouble.detail : '',
      /older than the account.*put back the newest keys\.db/,
    );
    assert.equal(must(await store.accounts.list(undefined, 9)).items.length, 2);
    const key = { queueId: waiting.id, recipient: 'younger' };
    mustFail(await store.messages.deliver(younger.id, sampleMessage(), { into: [] }, key), 'fenced');
    // What it has sent is not dropped with it.
    assert.deepEqual(must(await store.queue.lease(clock.now(), 9, 'me', clock.now() + 1)), []);
    assert.equal(must(await store.queue.counts()).held, 1);
    mustFail(await store.sweepBodies(), 'fenced');
    await under.dispose();

    await writeFile(join(dir, 'keys.db'), newest);
    const again = await open();
    assert.equal(must(await again.store.messages.select(younger.id, inbox)).uids.length, 1);
    assert.equal(must(await again.store.queue.get(waiting.id)).recipients[0]?.state, 'held');
  }));

test('key ring and directory older than an account: its file and its bodies stay', () =>
  inFolder(async (open, dir) => {
    await (await open()).dispose();
    const files = ['keys.db', 'directory.db'].map((name) => join(dir, name));
    for (const file of files) await cp(file, `${file}.older`);
    const id = await inUse(open);
    for (const file of files) await cp(`${file}.older`, file);
    const { store } = await open();
    mustFail(await store.sweepBodies(), 'not-found');
    assert.ok(await diskFiles(dir).exists(databaseName(id)));
  }));

test('an account that was erased stays erased, and is no stray', () =>
  inFolder(async (open) => {
    const first = await open();
    const { id } = await createAccount(first, 'user');
    must(await first.store.queue.add({ ...queueEntry(first, [remote('a')]), submitter: id }));
    must(await first.store.accounts.remove(id));
    await first.dispose();
    const { store, events } = await open();
    assert.deepEqual(events, []);
    mustFail(await store.mailboxes.list(id), 'not-found');
    assert.deepEqual(must(await store.queue.lease(clock.now(), 9, 'me', clock.now() + 1)), []);
    assert.deepEqual(must(await store.queue.counts()), { waiting: 0, leased: 0, held: 0 });
    must(await store.sweepBodies());
  }));

test('an account’s file that is cut or holds nothing is out of use, not an account without mail', () =>
  inFolder(async (open, dir) => {
    const id = await inUse(open);
    const path = join(dir, `${databaseName(id)}.db`);
    const intact = await readFile(path);
    for (const lose of [
      () => truncate(path, intact.length - 4096),
      () => truncate(path, 4096),
      async () => {
        await rm(path);
        await must(
          await diskFiles(dir).open(databaseName(id), { ...accountSchema, migrations: [] }, 'create'),
        ).close();
      },
    ]) {
      await lose();
      const under = await open();
      mustFail(await under.store.mailboxes.list(id), 'fenced');
      await under.dispose();
      await writeFile(path, intact);
    }
    assert.equal(must(await (await open()).store.accounts.usage(id)).messages, 1);
  }));
