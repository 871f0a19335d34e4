import assert from 'node:assert/strict';
import { cp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { MailboxId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { syncAskedWithinMs } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { sampleMessage } from '#store/contract-suite/sample-message.ts';
import { collect, must, mustFail } from '#store/contract-suite/store-under-test.ts';
import {
  accountTest,
  changedFiles,
  deliver,
  failingFiles,
  filesBelow,
  inboxOf,
  newAccount,
  newQueueId,
  tamper,
  uidsOf,
} from './account-acts.fixture.ts';
import { doubtMs } from './account-handles.ts';
import type { DatabaseFiles } from './database-file.ts';
import { diskFiles } from './files.ts';

const full = { next: false };
accountTest(
  'a delivery that cannot be placed harms none of its lot',
  async (under) => {
    const account = await newAccount(under);
    await deliver(under, account);
    const into = (mailbox: string) =>
      under.files.messages.deliver(
        account,
        sampleMessage(),
        { into: [{ mailbox, flags: [] }] },
        { queueId: newQueueId(under), recipient: 'user@example.test' },
      );
    full.next = true;
    const [first, none, last] = await Promise.all([into('INBOX'), into('to/be/made'), into('INBOX')]);
    assert.deepEqual([must(first), must(last)], ['delivered', 'delivered']);
    mustFail(none, 'disk-full');
    assert.deepEqual(await uidsOf(under, account), [1, 2, 3]);
  },
  {
    databases: (folder) =>
      changedFiles(diskFiles(folder), (file) => ({
        transaction(work) {
          if (!full.next) return file.transaction(work);
          full.next = false;
          return err({ code: 'disk-full', detail: 'as arranged' });
        },
      })),
  },
);

accountTest('a damaged file is fenced with its name; the other accounts go on', async (under) => {
  const [bad, good] = [await newAccount(under), await newAccount(under)];
  await deliver(under, bad);
  await under.files.close();
  const paths = await filesBelow(under.folder, `${bad}.db`);
  const [path = ''] = paths;
  const { size } = await stat(path);
  await truncate(path, size - 4096 * 3);
  await under.reopen();
  const trouble = mustFail(await under.files.mailboxes.list(bad), 'fenced');
  assert.ok(trouble.code === 'fenced' && trouble.file === path);
  assert.match(trouble.detail, /doctor|restore/);
  mustFail(await under.files.messages.append(bad, 'x' as MailboxId, []), 'fenced');
  assert.equal(await deliver(under, good), 'delivered');
  await writeFile(path, 'noise');
  await under.files.close();
  await under.reopen();
  mustFail(await under.files.mailboxes.list(bad), 'fenced');
  assert.equal(await deliver(under, good), 'delivered');
});

accountTest('a missing file is no new account', async (under) => {
  const account = await newAccount(under);
  await under.files.close();
  for (const path of await filesBelow(under.folder, '.db')) await rm(path);
  await under.reopen();
  mustFail(await under.files.mailboxes.list(account), 'fenced');
});

const failing = { on: false };
accountTest(
  'a failed sync fences the account; later it is opened again and replayed',
  async (under) => {
    const [account, other] = [await newAccount(under), await newAccount(under)];
    const queueId = newQueueId(under);
    await deliver(under, account, sampleMessage(), queueId);
    failing.on = true;
    mustFail(await under.files.messages.synced(account), 'fenced');
    failing.on = false;
    mustFail(await under.files.mailboxes.list(account), 'fenced');
    await deliver(under, other);
    must(await under.files.messages.synced(other));
    await under.clock.advance(10_000);
    assert.equal(await deliver(under, account, sampleMessage(), queueId), 'already');
    // Whoever asks now may mean what was lost with the failed sync.
    mustFail(await under.files.messages.synced(account), 'fenced');
    await under.clock.advance(doubtMs);
    assert.equal(await deliver(under, account, sampleMessage(), queueId), 'already');
    must(await under.files.messages.synced(account));
  },
  { databases: (folder) => failingFiles(diskFiles(folder), failing) },
);

const slow = { on: false, underWay: 0, most: 0, ends: new Array<() => void>() };
accountTest(
  'few files are synced at once for the queue; who waits too long for the turn is told nothing',
  async (under) => {
    const accounts = [];
    for (let n = 0; n < 5; n += 1) accounts.push(await newAccount(under));
    for (const account of accounts) await deliver(under, account);
    slow.on = true;
    const waits = accounts.map((account) => under.files.messages.synced(account));
    while (slow.ends.length < 2) await setImmediate();
    for (const end of slow.ends.splice(0)) end();
    while (slow.ends.length < 2) await setImmediate();
    await under.clock.advance(syncAskedWithinMs + 1);
    slow.on = false;
    for (const end of slow.ends.splice(0)) end();
    const results = await Promise.all(waits);
    assert.deepEqual(
      results.map(({ ok: isOk }) => isOk),
      [true, true, true, true, false],
    );
    assert.equal(slow.most, 2);
    must(await under.files.messages.synced(accounts[4] ?? assert.fail()));
  },
  { databases: (folder) => slowFiles(diskFiles(folder)) },
);

function slowFiles(files: DatabaseFiles): DatabaseFiles {
  return {
    ...files,
    async open(name, schema, mode) {
      const opened = await files.open(name, schema, mode);
      if (!opened.ok) return opened;
      const sync = async (): Promise<Result<void, Trouble>> => {
        slow.underWay += 1;
        if (slow.on) slow.most = Math.max(slow.most, slow.underWay);
        if (slow.on) await new Promise<void>((resolve) => slow.ends.push(resolve));
        slow.underWay -= 1;
        return opened.value.sync();
      };
      return ok({ ...opened.value, sync });
    },
  };
}

accountTest(
  'a message whose sync failed has its large body when it is there after all',
  async (under) => {
    const account = await newAccount(under);
    const inbox = await inboxOf(under, account);
    const writer = under.blobs.create();
    await writer.write(Buffer.alloc(70_000, 'x'));
    const committed = await writer.commit();
    assert.ok(committed.ok);
    const { id, key, sizeBytes } = committed.value;
    const message = { ...sampleMessage(), body: { kind: 'blob', id, key, sizeBytes } as const };
    failing.on = true;
    mustFail(await under.files.messages.append(account, inbox, [message]), 'fenced');
    failing.on = false;
    await under.blobs.remove(id);
    mustFail(await under.files.mailboxes.list(account), 'fenced');
    await under.clock.advance(10_000);
    const [uid = 0] = await uidsOf(under, account);
    assert.equal((await collect(under.files.messages.body(account, inbox, uid))).length, 70_000);
  },
  { databases: (folder) => failingFiles(diskFiles(folder), failing) },
);

accountTest(
  'I-03: records exchanged between rows, columns, accounts and files do not open',
  async (under) => {
    const [one, two] = [await newAccount(under), await newAccount(under)];
    for (const account of [one, two])
      for (const subject of ['first', 'second']) await deliver(under, account, sampleMessage({ subject }));
    const inbox = await inboxOf(under, one);
    const readOne = async () =>
      under.files.messages.read(one, inbox, [1, 2], new Set(['summary', 'headers', 'body']), 10);
    must(await readOne());
    const swaps: readonly string[] = [
      'UPDATE content SET body = (SELECT c.body FROM content c WHERE c.id <> content.id LIMIT 1)',
      'UPDATE content SET summary = (SELECT c.summary FROM content c WHERE c.id <> content.id LIMIT 1)',
      'UPDATE content SET body = summary',
    ];
    for (const swap of swaps) {
      let saved: readonly Record<string, unknown>[] = [];
      await tamper(under, one, ({ db }) => {
        saved = db.prepare('SELECT * FROM content').all();
        db.exec(swap);
      });
      const read = await readOne();
      assert.ok(!read.ok && read.error.code === 'fenced', swap);
      await tamper(under, one, ({ db }) => {
        for (const row of saved) {
          db.prepare('UPDATE content SET summary = ?, body = ? WHERE id = ?').run(
            row['summary'] as Uint8Array,
            row['body'] as Uint8Array,
            Number(row['id']),
          );
        }
      });
    }
    must(await readOne());

    let foreign: unknown;
    await tamper(under, two, ({ db }) => {
      foreign = db.prepare('SELECT body FROM content').get()?.['body'];
    });
    await tamper(under, one, ({ db }) =>
      db.prepare('UPDATE content SET body = ?').run(foreign as Uint8Array),
    );
    assert.equal((await readOne()).ok, false);

    // A whole file under another account's name, even with that account's id written into it.
    await under.files.release(one);
    await under.files.release(two);
    const [from = ''] = await filesBelow(under.folder, `${two}.db`);
    const [to = ''] = await filesBelow(under.folder, `${one}.db`);
    await cp(from, to);
    await under.clock.advance(10_000);
    mustFail(await under.files.mailboxes.list(one), 'fenced');
    await tamper(under, one, ({ db }) => db.prepare('UPDATE account SET account = ?').run(one));
    await under.clock.advance(10_000);
    mustFail(await under.files.mailboxes.list(one), 'fenced');
  },
);

accountTest('I-03: nothing of mail or names is found in the files', async (under) => {
  const account = await newAccount(under);
  const message = sampleMessage({
    subject: 'MARKERSUBJECT',
    from: 'markerfrom@elsewhere.test',
    body: 'MARKERBODY in a text\r\n',
    flags: ['MARKERFLAG'],
  });
  must(await under.files.mailboxes.create(account, 'MARKERBOX'));
  must(await under.files.mailboxes.subscribe(account, 'MARKERSUBSCRIBED', true));
  const inbox = await inboxOf(under, account);
  must(
    await under.files.messages.append(
      account,
      inbox,
      Array.from({ length: 100 }, () => message),
      'MARKERKEY',
    ),
  );
  await deliver(under, account, message);
  must(await under.files.tend(account));
  assert.equal(
    must(
      await under.files.messages.search(account, inbox, { kind: 'text', field: 'body', value: 'markerbody' }),
    ).length,
    101,
  );
  for (const name of await filesBelow(under.folder, '')) {
    if ((await stat(name)).isDirectory()) continue;
    const text = (await readFile(name)).toString('latin1').toLowerCase();
    assert.ok(!text.includes('marker') && !text.includes('example.test'), name);
  }
});
