import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { open, rm, stat } from 'node:fs/promises';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { temporaryFolder } from '#backends/system/temporary-folder.fixture.ts';
import type { NewMessage } from '#store/contract/messages.ts';
import { sampleMessage } from '#store/contract-suite/sample-message.ts';
import { collect, must, mustFail } from '#store/contract-suite/store-under-test.ts';
import {
  accountTest,
  afterCrash,
  deliver,
  filesBelow,
  inboxOf,
  newAccount,
  uidsOf,
} from './account-acts.fixture.ts';
import { databaseName } from './account-file.ts';
import { accountsUnderTest } from './account.fixture.ts';
import { diskFiles } from './files.ts';
import { renewUidValidity } from './restored-account.ts';

accountTest('STORAGE §6: a backup is taken while mail comes in, and opens as it is', async (under) => {
  const account = await newAccount(under);
  const inbox = await inboxOf(under, account);
  const many = Array.from({ length: 300 }, () =>
    sampleMessage({ body: `${'x'.repeat(70)}\r\n`.repeat(200) }),
  );
  must(await under.files.messages.append(account, inbox, many));
  const folder = await temporaryFolder('backup');
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

accountTest('whoever watches an account hears that it was removed', async (under) => {
  const account = await newAccount(under);
  const heard: number[] = [];
  under.files.changes.watch(account, ({ modseq }) => heard.push(modseq));
  must(await under.files.removeFile(account));
  assert.deepEqual(heard, [Infinity]);
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
