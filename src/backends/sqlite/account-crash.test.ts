import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { ok } from '#base/result.ts';
import { must } from '#store/contract-suite/store-under-test.ts';
import {
  accountTest,
  afterCrash,
  deliver,
  filesBelow,
  inboxOf,
  newAccount,
  uidsOf,
} from './account-acts.fixture.ts';
import type { DatabaseFile, DatabaseFiles } from './database-file.ts';
import { diskFiles } from './files.ts';

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
