import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { makeId } from '#base/id.ts';
import type { AccountId, MailboxId, QueueId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { NewMessage } from '#store/contract/messages.ts';
import { sampleMessage } from '#store/contract-suite/sample-message.ts';
import { collect, must, mustFail } from '#store/contract-suite/store-under-test.ts';
import { doubtMs } from './account-handles.ts';
import { readBytesMax } from './account-page.ts';
import { accountSchema } from './account-schema.ts';
import { databaseName } from './account-file.ts';
import { accountsUnderTest } from './account.fixture.ts';
import type { AccountsUnderTest, AccountsWishes } from './account.fixture.ts';
import type { DatabaseFile, DatabaseFiles } from './database-file.ts';
import { diskFiles } from './files.ts';
import { renewUidValidity } from './restored-account.ts';

function accountTest(
  title: string,
  run: (under: AccountsUnderTest) => Promise<void>,
  wishes?: AccountsWishes,
): void {
  void it(title, async () => {
    const under = await accountsUnderTest(wishes);
    try {
      await run(under);
    } finally {
      await under.dispose();
    }
  });
}

async function newAccount(under: AccountsUnderTest): Promise<AccountId> {
  const id = makeId<AccountId>(under.clock.now(), under.random.bytes(10));
  under.newKey(id);
  must(await under.files.createFile(id));
  return id;
}

async function inboxOf(under: AccountsUnderTest, account: AccountId): Promise<MailboxId> {
  const found = must(await under.files.mailboxes.list(account)).find(({ name }) => name === 'INBOX');
  assert.ok(found);
  return found.id;
}

const newQueueId = (under: AccountsUnderTest): QueueId =>
  makeId<QueueId>(under.clock.now(), under.random.bytes(10));

async function deliver(
  under: AccountsUnderTest,
  account: AccountId,
  message: NewMessage = sampleMessage(),
  queueId = newQueueId(under),
): Promise<'delivered' | 'already'> {
  const plan = { into: [{ mailbox: 'INBOX', flags: [] }] };
  return must(
    await under.files.messages.deliver(account, message, plan, { queueId, recipient: 'user@example.test' }),
  );
}

async function uidsOf(under: AccountsUnderTest, account: AccountId): Promise<readonly number[]> {
  return [...must(await under.files.messages.select(account, await inboxOf(under, account))).uids];
}

/**
 * What a crash leaves: the files as they are, with nobody having closed them. With `wal`, the WAL as it was at its last sync,
 * for all that was written since may be lost.
 */
async function afterCrash(
  under: AccountsUnderTest,
  wal: Uint8Array | undefined,
  run: (crashed: AccountsUnderTest) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-crash-'));
  await cp(under.folder, folder, { recursive: true });
  if (wal !== undefined) for (const name of await filesBelow(folder, '-wal')) await writeFile(name, wal);
  const { files } = under;
  await under.reopen(diskFiles(folder));
  try {
    await run(under);
  } finally {
    await under.files.close();
    under.files = files;
    await rm(folder, { recursive: true });
  }
}

async function filesBelow(folder: string, ending: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true }))
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));
}

/** The account's file opened by itself, as nobody else may while it is in use. */
async function tamper(
  under: AccountsUnderTest,
  account: AccountId,
  act: (file: DatabaseFile) => void,
): Promise<void> {
  await under.files.release(account);
  const file = must(await diskFiles(under.folder).open(databaseName(account), accountSchema, 'existing'));
  act(file);
  await file.close();
}

accountTest('a clean close gives numbers back: UIDs go on without a gap', async (under) => {
  const account = await newAccount(under);
  await deliver(under, account);
  await under.files.close();
  await under.reopen();
  await deliver(under, account);
  assert.deepEqual(await uidsOf(under, account), [1, 2]);
});

for (const walIs of ['kept', 'lost since its last sync'] as const) {
  accountTest(
    `STORAGE §2: after a crash no UID or MODSEQ that was seen is used again (WAL ${walIs})`,
    async (under) => {
      const account = await newAccount(under);
      await deliver(under, account);
      must(await under.files.messages.synced(account));
      const [walPath = ''] = await filesBelow(under.folder, '-wal');
      const wal = walIs === 'kept' ? undefined : await readFile(walPath);
      for (let n = 0; n < 5; n += 1) await deliver(under, account);
      const inbox = await inboxOf(under, account);
      const seen = must(await under.files.messages.select(account, inbox));
      assert.deepEqual([...seen.uids], [1, 2, 3, 4, 5, 6]);
      await afterCrash(under, wal, async () => {
        await deliver(under, account);
        const snapshot = must(await under.files.messages.select(account, inbox));
        const fresh = snapshot.uids.at(-1) ?? 0;
        assert.ok(fresh > 6, `UID ${fresh}`);
        assert.ok((snapshot.modseqs.at(-1) ?? 0) > seen.highestModSeq);
        const changes = must(await under.files.changes.since(account, inbox, seen.highestModSeq));
        assert.deepEqual(
          changes.changed.map(({ uid }) => uid),
          [fresh],
        );
        // What a client may have seen and is no more is told to have vanished.
        const gone = [...seen.uids].filter((uid) => !snapshot.uids.includes(uid));
        assert.deepEqual(gone, wal === undefined ? [] : [2, 3, 4, 5, 6]);
        for (const uid of gone) assert.ok(changes.vanished.some((vanished) => vanished === uid));
        for (const uid of snapshot.uids) assert.ok(!changes.vanished.some((vanished) => vanished === uid));
        const status = must(await under.files.mailboxes.status(account, [inbox])).get(inbox);
        assert.equal(status?.messages, snapshot.uids.length);
        assert.equal(must(await under.files.held(account)).usage.messages, snapshot.uids.length);
      });
    },
  );
}

/** Remembers of each file's WAL what was on disk for certain: all that was written when a sync of any kind ended. */
function recordedFiles(files: DatabaseFiles, durable: Map<string, Uint8Array>): DatabaseFiles {
  return {
    ...files,
    async open(name, schema, mode) {
      const opened = await files.open(name, schema, mode);
      if (!opened.ok) return opened;
      const inner = opened.value;
      const walPath = `${inner.path}-wal`;
      const record = (): void => {
        durable.set(walPath, readFileSync(walPath));
      };
      record();
      const file: DatabaseFile = {
        ...inner,
        get fenced() {
          return inner.fenced;
        },
        transactionFull(work) {
          const done = inner.transactionFull(work);
          record();
          return done;
        },
        async sync() {
          // A slow disk: a number that was given out before its mark was on it shows.
          await delay(30);
          const done = await inner.sync();
          record();
          return done;
        },
      };
      return ok(file);
    },
  };
}

const durableWals = new Map<string, Uint8Array>();
accountTest(
  'STORAGE §2: whatever a crash loses, what was synced stays and no number seen names another message',
  async (under) => {
    const account = await newAccount(under);
    const inbox = await inboxOf(under, account);
    const idOf = new Map<number, string>();
    let synced = 0;
    for (let round = 0; round < 40; round += 1) {
      for (let n = 0; n < 9; n += 1) await deliver(under, account);
      const rows = must(
        await under.files.messages.read(account, inbox, await uidsOf(under, account), new Set(), 256),
      );
      for (const { uid, emailId } of rows) idOf.set(uid, emailId);
      if (round % 5 === 4) {
        must(await under.files.messages.synced(account));
        synced = (await uidsOf(under, account)).length;
      }
      if (round % 3 !== 0) continue;
      const [wal] = durableWals.values();
      await afterCrash(under, wal, async () => {
        await deliver(under, account);
        const uids = await uidsOf(under, account);
        assert.ok(uids.length > synced, `${uids.length - 1} of ${synced} left`);
        assert.ok(!idOf.has(uids.at(-1) ?? 0), `UID ${uids.at(-1)} was seen before`);
        const some = must(await under.files.messages.read(account, inbox, uids, new Set(), 256));
        for (const { uid, emailId } of some) if (idOf.has(uid)) assert.equal(emailId, idOf.get(uid));
      });
    }
  },
  { databases: (folder) => recordedFiles(diskFiles(folder), durableWals) },
);

accountTest('UIDs stay ascending and unique over many blocks', async (under) => {
  const account = await newAccount(under);
  for (let n = 0; n < 8; n += 1)
    await Promise.all(Array.from({ length: 100 }, () => deliver(under, account)));
  assert.deepEqual(
    await uidsOf(under, account),
    Array.from({ length: 800 }, (_, at) => at + 1),
  );
});

accountTest(
  'STORAGE §2: a delivery happens once, though its message is gone and the file was reopened',
  async (under) => {
    const account = await newAccount(under);
    const queueId = newQueueId(under);
    assert.equal(await deliver(under, account, sampleMessage(), queueId), 'delivered');
    must(await under.files.messages.expunge(account, await inboxOf(under, account), 'all', false));
    assert.equal(await deliver(under, account, sampleMessage(), queueId), 'already');
    await under.files.close();
    await under.reopen();
    const both = await Promise.all([
      deliver(under, account, sampleMessage(), queueId),
      deliver(under, account, sampleMessage(), newQueueId(under)),
    ]);
    assert.deepEqual(both, ['already', 'delivered']);
    const twice = newQueueId(under);
    const lot = await Promise.all([
      deliver(under, account, sampleMessage(), twice),
      deliver(under, account, sampleMessage(), twice),
    ]);
    assert.deepEqual(lot.sort(), ['already', 'delivered']);
  },
);

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

/** Files of which each, once open, does some things otherwise. */
function changedFiles(
  files: DatabaseFiles,
  change: (file: DatabaseFile) => Partial<DatabaseFile>,
): DatabaseFiles {
  return {
    ...files,
    async open(name, schema, mode) {
      const opened = await files.open(name, schema, mode);
      if (!opened.ok) return opened;
      const { value } = opened;
      const fenced = { get: () => value.fenced };
      return ok(Object.defineProperties({ ...value, ...change(value) }, { fenced }));
    },
  };
}

/** Files whose syncs fail while `failing.on`. */
function failingFiles(files: DatabaseFiles, failing: { on: boolean }): DatabaseFiles {
  return {
    ...files,
    async open(name, schema, mode) {
      const opened = await files.open(name, schema, mode);
      if (!opened.ok) return opened;
      let fenced: DatabaseFile['fenced'];
      const file: DatabaseFile = {
        ...opened.value,
        get fenced() {
          return fenced ?? opened.value.fenced;
        },
        async sync() {
          if (!failing.on) return opened.value.sync();
          fenced = { code: 'fenced', file: opened.value.path, detail: 'a sync failed' };
          return { ok: false, error: fenced };
        },
      };
      return ok(file);
    },
  };
}

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

accountTest('STORAGE §1: a small delivery writes at most five pages', async (under) => {
  const account = await newAccount(under);
  for (let n = 0; n < 20; n += 1) await deliver(under, account);
  must(await under.files.messages.synced(account));
  const walBytes = async (): Promise<number> => {
    const [wal = ''] = await filesBelow(under.folder, '-wal');
    return (await stat(wal)).size;
  };
  for (const [size, pagesMax] of [
    [500, 5],
    [2_000, 5.25],
    [4_000, 6.25],
  ] as const) {
    // A fresh file has a short WAL: no checkpoint falls into the measurement.
    await under.files.release(account);
    await deliver(under, account);
    const before = await walBytes();
    const deliveries = 20;
    for (let n = 0; n < deliveries; n += 1)
      await deliver(under, account, sampleMessage({ body: `${'x'.repeat(70)}\r\n`.repeat(size / 72) }));
    const pages = ((await walBytes()) - before) / (4096 + 24) / deliveries;
    // A new leaf writes its parent and the first page of the file along with it; 4 KiB overflow into one more.
    assert.ok(pages > 2.5 && pages <= pagesMax, `${size} bytes: ${pages} pages`);
  }
});

accountTest(
  'more accounts than open files: all keep their mail',
  async (under) => {
    const accounts = [];
    for (let n = 0; n < 8; n += 1) accounts.push(await newAccount(under));
    for (let round = 0; round < 3; round += 1)
      await Promise.all(accounts.map((account) => deliver(under, account)));
    for (const account of accounts) assert.deepEqual(await uidsOf(under, account), [1, 2, 3]);
    // Files too many are closed behind whoever opened the next one, so that nobody waits for it.
    const openFiles = async (): Promise<number> => (await filesBelow(under.folder, '-wal')).length;
    for (let waits = 0; waits < 500 && (await openFiles()) > 2; waits += 1) await delay(20);
    assert.ok((await openFiles()) <= 2);
  },
  { handlesMax: 2 },
);

accountTest('search finds the same in segments, beside them and after messages went', async (under) => {
  const account = await newAccount(under);
  const inbox = await inboxOf(under, account);
  const message = (n: number): NewMessage =>
    sampleMessage({ subject: `Number ${n}`, body: `Conference ${n % 7}\r\n` });
  const find = async (value: string): Promise<readonly number[]> => [
    ...must(await under.files.messages.search(account, inbox, { kind: 'text', field: 'body', value })),
  ];
  must(
    await under.files.messages.append(
      account,
      inbox,
      Array.from({ length: 400 }, (_, at) => message(at + 1)),
    ),
  );
  const before = await find('CONFEREN');
  assert.equal(before.length, 400);
  const sevens = await find('conference 3');
  must(await under.files.tend(account));
  const segmentBytes = async (): Promise<number> => {
    let bytes = 0;
    await tamper(under, account, ({ db }) => {
      bytes = Number(db.prepare('SELECT sum(length(head) + length(body)) AS n FROM segment').get()?.['n']);
    });
    return bytes;
  };
  const textBefore = await segmentBytes();
  assert.ok(textBefore > 1_000);
  assert.deepEqual(await find('CONFEREN'), before);
  assert.deepEqual(await find('conference 3'), sevens);
  must(await under.files.messages.append(account, inbox, [message(3)]));
  assert.deepEqual(await find('conference 3'), [...sevens, 401]);
  must(await under.files.messages.expunge(account, inbox, sevens, false));
  assert.deepEqual(await find('conference 3'), [401]);
  must(await under.files.tend(account));
  assert.deepEqual(await find('conference 3'), [401]);
  // What went is gone from the sealed text, too.
  assert.ok((await segmentBytes()) < textBefore * 0.95);
});

accountTest(
  'STORAGE §5: long work gives way at every step; what others do meanwhile does it no harm',
  async (under) => {
    const account = await newAccount(under);
    const inbox = await inboxOf(under, account);
    const junk = must(await under.files.mailboxes.list(account)).find(({ name }) => name === 'Junk')?.id;
    assert.ok(junk);
    const messages = Array.from({ length: 150 }, (_, at) => sampleMessage({ body: `Conference ${at}\r\n` }));
    must(await under.files.messages.append(account, inbox, messages));
    const all = await uidsOf(under, account);
    const odd = all.filter((uid) => uid % 2 === 1);
    const query = { kind: 'text', field: 'body', value: 'conference' } as const;
    const [found, flagged, copied, expunged, tended, delivered, selected] = await Promise.all([
      under.files.messages.search(account, inbox, query),
      under.files.messages.flags(account, inbox, all, { mode: 'add', flags: ['work'] }),
      under.files.messages.copy(account, inbox, all, junk),
      under.files.messages.expunge(account, inbox, odd, false),
      under.files.tend(account),
      deliver(under, account),
      under.files.messages.select(account, inbox),
    ]);
    const uids = new Set(must(found));
    for (const uid of all) if (uid % 2 === 0) assert.ok(uids.has(uid), `UID ${uid}`);
    assert.equal(must(flagged).changed.length, 150);
    // Before or after the expunge, whichever came first, but whole.
    const copies = must(copied).pairs.length;
    assert.ok(copies === 150 || copies === 75);
    assert.equal(must(expunged).uids.length, 75);
    must(tended);
    assert.equal(delivered, 'delivered');
    must(selected);
    must(await under.files.tend(account));
    assert.equal(must(await under.files.messages.search(account, inbox, query)).length, 75);
    assert.equal(must(await under.files.messages.search(account, junk, query)).length, copies);
    assert.equal(must(await under.files.held(account)).usage.messages, 75 + copies + 1);
  },
  { hurried: true },
);

accountTest('S-09: a read opens no more than fits, and says so by where it ends', async (under) => {
  const account = await newAccount(under);
  const inbox = await inboxOf(under, account);
  const messages = Array.from({ length: 7 }, (_, n) =>
    sampleMessage({ subject: `${n} ${'s'.repeat(readBytesMax / 3)}` }),
  );
  must(await under.files.messages.append(account, inbox, messages));
  must(await under.files.messages.expunge(account, inbox, [2], false));
  const read = async (uids: readonly number[]) =>
    must(await under.files.messages.read(account, inbox, uids, new Set(['summary'] as const), 256)).map(
      ({ uid }) => uid,
    );
  assert.deepEqual(await read([1, 2, 3, 4, 5, 6, 7]), [1, 3, 4]);
  assert.deepEqual(await read([5, 6, 7]), [5, 6, 7]);
});

accountTest('subscriptions are what they were, asked before or not', async (under) => {
  const account = await newAccount(under);
  const { mailboxes } = under.files;
  const before = must(await mailboxes.subscriptions(account));
  must(await mailboxes.subscribe(account, 'b/c', true));
  must(await mailboxes.subscribe(account, 'a', true));
  must(await mailboxes.subscribe(account, 'Sent', false));
  const after = [...before, 'b/c', 'a'].filter((name) => name !== 'Sent').sort();
  assert.deepEqual(must(await mailboxes.subscriptions(account)), after);
  await under.files.close();
  await under.reopen();
  assert.deepEqual(must(await under.files.mailboxes.subscriptions(account)), after);
  const sent = must(await under.files.mailboxes.list(account)).find(({ name }) => name === 'Sent');
  assert.equal(sent?.subscribed, false);
});

accountTest(
  'text for search is taken out while its messages go',
  async (under) => {
    const account = await newAccount(under);
    const inbox = await inboxOf(under, account);
    must(
      await under.files.messages.append(
        account,
        inbox,
        Array.from({ length: 150 }, () => sampleMessage()),
      ),
    );
    const even = Array.from({ length: 75 }, (_, at) => 2 * at + 2);
    const tended = under.files.tend(account);
    await new Promise(setImmediate);
    for (const uid of even) must(await under.files.messages.expunge(account, inbox, [uid], false));
    must(await tended);
    must(await under.files.messages.select(account, inbox));
  },
  { hurried: true },
);

accountTest('STORAGE §6: a backup is taken while mail comes in, and opens as it is', async (under) => {
  const account = await newAccount(under);
  const inbox = await inboxOf(under, account);
  const many = Array.from({ length: 300 }, () =>
    sampleMessage({ body: `${'x'.repeat(70)}\r\n`.repeat(200) }),
  );
  must(await under.files.messages.append(account, inbox, many));
  const folder = await mkdtemp(join(tmpdir(), 'postern-backup-'));
  const taken = under.files.backUp(account, folder);
  const delivered = await Promise.all(Array.from({ length: 20 }, () => deliver(under, account)));
  assert.equal(delivered.length, 20);
  const { path, blobs } = must(await taken);
  assert.deepEqual(blobs, []);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  mustFail(await under.files.backUp(account, folder), 'exists');
  const live = under.files;
  await under.reopen(diskFiles(folder));
  assert.ok((await uidsOf(under, account)).length >= 300);
  const body = await collect(under.files.messages.body(account, inbox, 300));
  assert.ok(body.length > 10_000);
  await under.files.close();
  under.files = live;
  await rm(folder, { recursive: true });
});

accountTest(
  'S-13: after a restore every mailbox has another UIDVALIDITY, and MODSEQs are never used again',
  async (under) => {
    const account = await newAccount(under);
    const inbox = await inboxOf(under, account);
    await deliver(under, account);
    const before = must(await under.files.messages.select(account, inbox));
    const validities = must(await under.files.mailboxes.list(account)).map(({ uidValidity }) => uidValidity);
    await under.files.release(account);
    must(await renewUidValidity(diskFiles(under.folder), databaseName(account), under.clock.now()));
    await deliver(under, account);
    const after = must(await under.files.messages.select(account, inbox));
    assert.equal(after.uids.length, 2);
    assert.ok(after.highestModSeq > before.highestModSeq + 1_000_000);
    const renewed = must(await under.files.mailboxes.list(account)).map(({ uidValidity }) => uidValidity);
    assert.ok(Math.min(...renewed) > Math.max(...validities));
    assert.equal(new Set(renewed).size, renewed.length);
  },
);

accountTest('removing an account takes its file and bodies', async (under) => {
  const account = await newAccount(under);
  const writer = under.blobs.create();
  await writer.write(new Uint8Array(100_000));
  const blob = await writer.commit();
  assert.ok(blob.ok);
  const large: NewMessage = { ...sampleMessage(), body: { kind: 'blob', ...blob.value } };
  await deliver(under, account, large);
  const inbox = await inboxOf(under, account);
  const body = await collect(under.files.messages.body(account, inbox, 1, { start: 50_000, end: 60_000 }));
  assert.equal(body.length, 10_000);
  must(await under.files.removeFile(account));
  assert.deepEqual(await filesBelow(under.folder, '.db'), []);
  under.keys.delete(account);
  mustFail(await under.files.mailboxes.list(account), 'not-found');
});

const hasSqlite3 = await promisify(execFile)('sqlite3', ['--version']).then(
  () => true,
  () => false,
);

void it(
  "an operator's sqlite3 on a live file does no harm",
  { skip: hasSqlite3 ? false : 'sqlite3 is not installed' },
  async () => {
    const under = await accountsUnderTest();
    try {
      const account = await newAccount(under);
      await deliver(under, account);
      const [path = ''] = await filesBelow(under.folder, '.db');
      const [wal = ''] = await filesBelow(under.folder, '-wal');
      const before = await stat(wal);
      const asked = await promisify(execFile)('sqlite3', [path, 'SELECT count(*) FROM message']).then(
        () => 'answered',
        (error: unknown) => String(error),
      );
      assert.match(asked, /locked/);
      assert.equal((await stat(wal)).ino, before.ino);
      for (let n = 0; n < 20; n += 1) await deliver(under, account);
      must(await under.files.messages.synced(account));
      await afterCrash(under, undefined, async () => assert.equal((await uidsOf(under, account)).length, 21));
    } finally {
      await under.dispose();
    }
  },
);

void it(
  'opening only the WAL, as a sync does, leaves the locks alone',
  { skip: hasSqlite3 ? false : 'sqlite3 is not installed' },
  async () => {
    const under = await accountsUnderTest();
    try {
      const account = await newAccount(under);
      await deliver(under, account);
      must(await under.files.messages.synced(account));
      const [wal = ''] = await filesBelow(under.folder, '-wal');
      await (await open(wal, 'r')).close();
      const [path = ''] = await filesBelow(under.folder, '.db');
      await assert.rejects(promisify(execFile)('sqlite3', [path, 'SELECT 1 FROM message']), /locked/);
    } finally {
      await under.dispose();
    }
  },
);

accountTest('whoever watches an account hears that it was removed', async (under) => {
  const account = await newAccount(under);
  const heard: number[] = [];
  under.files.changes.watch(account, ({ modseq }) => heard.push(modseq));
  must(await under.files.removeFile(account));
  assert.deepEqual(heard, [Infinity]);
});
